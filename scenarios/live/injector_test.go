package live

import (
	"testing"

	"onceover/faults"
)

// A kind of fault has an injector here, or its description says why not.
func TestEveryKindIsInjectedOrSaysWhyNot(t *testing.T) {
	for _, spec := range faults.All() {
		if _, ok := injectors[spec.Kind]; ok != (spec.NotLive == "") {
			t.Errorf("%s has an injector: %t, and is said not to be live: %q", spec.Kind, ok, spec.NotLive)
		}
	}
	for kind := range injectors {
		if _, ok := faults.Find(kind); !ok {
			t.Errorf("an injector for %q, which the catalogue lacks", kind)
		}
	}
}

func TestAPlanThatNothingInjectsIsRefused(t *testing.T) {
	if _, err := newFaultPlan(faults.Plan{{Kind: faults.Crash}}); err == nil {
		t.Error("no error")
	}
}

package loader

import "testing"

func TestOldVersionsAreToldByNumber(t *testing.T) {
	for version, want := range map[string]bool{
		"2.8.24": true, "5.0.14": true, "6.0.16": true, "6.1.0": true,
		"6.2.0": false, "6.2": false, "7.0.15": false, "8.0.6": false, "10.0.0": false,
		"unknown": false, "255.255.255": false, "": false,
	} {
		if older(version, oldestRedis) != want {
			t.Errorf("version %q is too old: %t", version, !want)
		}
	}
}

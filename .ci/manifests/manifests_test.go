// Package manifests holds the manifests for Kubernetes to the API's own types. It is a module of its own, so that
// Onceover does not need them.
package manifests

import (
	"bytes"
	"os"
	"slices"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// jobs are those of a manifest, each field of which the API has to know.
func jobs(t *testing.T, file string) (all []batchv1.Job) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var job batchv1.Job
		switch {
		case bytes.Contains(document, []byte("\nkind: Job\n")):
			err = yaml.UnmarshalStrict(document, &job)
			all = append(all, job)
		case bytes.Contains(document, []byte("\nkind: PersistentVolumeClaim\n")):
			err = yaml.UnmarshalStrict(document, new(corev1.PersistentVolumeClaim))
		default:
			t.Fatalf("a document of another kind: %.200s", document)
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	return all
}

func TestTheAPIKnowsEveryField(t *testing.T) {
	all := jobs(t, "../kubernetes.yml")
	if len(all) != 3 {
		t.Fatalf("%d jobs", len(all))
	}
	for _, job := range all {
		spec := job.Spec.Template.Spec
		for _, mount := range spec.Containers[0].VolumeMounts {
			if !slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name }) {
				t.Errorf("%s: no volume %s", job.Name, mount.Name)
			}
		}
		indexed := job.Spec.CompletionMode != nil && *job.Spec.CompletionMode == batchv1.IndexedCompletion
		if slices.Contains(spec.Containers[0].Args, "--shard-from") != indexed {
			t.Errorf("%s: shards are for jobs whose pods have an index", job.Name)
		}
		if job.Spec.PodFailurePolicy != nil && spec.RestartPolicy != corev1.RestartPolicyNever {
			t.Errorf("%s: a policy for failures needs pods that are not restarted", job.Name)
		}
	}
}

// A field that is spelled wrong is no manifest.
func TestAFieldThatTheAPIDoesNotKnowIsNoticed(t *testing.T) {
	text := []byte("apiVersion: batch/v1\nkind: Job\nspec:\n  completion: 3\n")
	if err := yaml.UnmarshalStrict(text, new(batchv1.Job)); err == nil {
		t.Error("spec.completion was taken")
	}
}

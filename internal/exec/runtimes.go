package exec

import (
	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lang"
	"github.com/voltrun/voltrun/internal/vm"
)

// runtimeImage is a language runtime in the shape that drivers boot.
type runtimeImage struct {
	lang.Installed
	files []vm.File
}

// vmImage is the image for a machine of this size: the command depends on the memory.
func (r *runtimeImage) vmImage(memoryMB int) vm.Image {
	return vm.Image{ID: r.ID + "-" + r.Digest[:min(16, len(r.Digest))], Files: r.files, Command: r.Command(memoryMB), Env: r.Env}
}

// runtimeImages finds a runtime by every id it is known by: two ids of the same runtime share machines.
func runtimeImages(installed []lang.Installed) map[string]*runtimeImage {
	images := make(map[string]*runtimeImage)
	byDigest := make(map[string]*runtimeImage)
	for _, runtime := range installed {
		image := byDigest[runtime.Digest]
		if image == nil {
			image = &runtimeImage{Installed: runtime}
			for _, f := range runtime.Files {
				image.files = append(image.files, vm.File(f))
			}
			byDigest[runtime.Digest] = image
		}
		images[runtime.ID] = image
	}
	return images
}

// defaultImages are the runtimes that functions get when they name only a language.
func (s *Service) defaultImages() []*runtimeImage {
	var images []*runtimeImage
	for _, id := range []string{"nodejs", "python"} {
		if image := s.runtimes[id]; image != nil {
			images = append(images, image)
		}
	}
	return images
}

// cpuShare is the share of a function of this memory that sets no cpus.
func cpuShare(memoryMB int) float64 { return voltrun.Function{MemoryMB: memoryMB}.CPUShare() }

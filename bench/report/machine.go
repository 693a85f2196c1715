package report

import (
	"bufio"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// Machine is what a run depends on besides versions.
type Machine struct {
	// OS and Arch are Go's names of the system and the processor's architecture.
	OS   string `json:"os"`
	Arch string `json:"arch"`
	// Kernel is the release of a Linux kernel, else empty.
	Kernel string `json:"kernel,omitempty"`
	// CPU is the processor's model where the system tells it in /proc/cpuinfo, else empty.
	CPU string `json:"cpu,omitempty"`
	// Cores is how many processors the command could use.
	Cores int `json:"cores"`
}

// ThisMachine describes the machine that the command runs on.
func ThisMachine() Machine {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return Machine{
		OS: runtime.GOOS, Arch: runtime.GOARCH,
		Kernel: strings.TrimSpace(string(kernel)),
		CPU:    processorModel(),
		Cores:  runtime.GOMAXPROCS(0),
	}
}

func processorModel() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Versions gives the module version of each driver that was linked into the command, by the driver's name.
func Versions() map[string]string {
	linked := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			linked[module.Path] = module.Version
		}
	}
	versions := map[string]string{}
	for _, driver := range drivers.All() {
		if version, ok := linked[driver.Module()]; ok {
			versions[driver.Name()] = version
		}
	}
	return versions
}

package pgtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// OldestSupported is the oldest major version of PostgreSQL that pgadapt supports.
const OldestSupported = 14

// AtHand gives the supported major versions that FromBinaries and FromNPM can start, the oldest first,
// or those that PGADAPT_TEST_VERSIONS lists, if it is set. The error says that the list is malformed.
func AtHand(ctx context.Context) ([]int, error) {
	if list := os.Getenv("PGADAPT_TEST_VERSIONS"); list != "" {
		return parseVersionList(list)
	}
	versions := localVersions(ctx)
	versions = slices.DeleteFunc(versions, func(version int) bool { return version < OldestSupported })
	slices.Sort(versions)
	return slices.Compact(versions), nil
}

func localVersions(ctx context.Context) []int {
	var versions []int
	for _, found := range findInstallations(ctx) {
		versions = append(versions, found.version)
	}
	if cache, err := openNPMCache(); err == nil {
		versions = append(versions, majors(cache.versions())...)
	}
	if published, err := publishedVersions(ctx); err == nil {
		versions = append(versions, majors(published)...)
	}
	return versions
}

func majors(versions []npmVersion) []int {
	numbers := make([]int, len(versions))
	for i, version := range versions {
		numbers[i] = version.major()
	}
	return numbers
}

func parseVersionList(list string) ([]int, error) {
	var versions []int
	for entry := range strings.SplitSeq(list, ",") {
		version, err := strconv.Atoi(strings.TrimSpace(entry))
		if err != nil || version <= 0 {
			return nil, fmt.Errorf("pgtest: PGADAPT_TEST_VERSIONS is %q, not major versions separated by commas, such as 15,18", list)
		}
		versions = append(versions, version)
	}
	slices.Sort(versions)
	return slices.Compact(versions), nil
}

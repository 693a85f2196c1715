//go:build go1.27

package pgadapt_test

func init() {
	scanningWays = append(scanningWays, func(destination any) any { return destination })
}

package main

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// weatherCSV is the data set; see data/README.md for its source.
//
//go:embed data/seattle-weather.csv
var weatherCSV string

// observation is the weather of one day.
type observation struct {
	day           time.Time
	precipitation string // in mm, in decimal, so that it goes into a numeric column as it was written
	tempMax       float64
	tempMin       float64
	weather       string
}

// readObservations reads the data set.
func readObservations() ([]observation, error) {
	reader := csv.NewReader(strings.NewReader(weatherCSV))
	if _, err := reader.Read(); err != nil { // the header
		return nil, err
	}
	var all []observation
	for {
		record, err := reader.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		one, err := parseObservation(record)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", len(all)+1, err)
		}
		all = append(all, one)
	}
}

// parseObservation reads the columns date, precipitation, temp_max, temp_min, wind, weather.
func parseObservation(record []string) (observation, error) {
	day, err := time.Parse(time.DateOnly, record[0])
	if err != nil {
		return observation{}, err
	}
	tempMax, err := strconv.ParseFloat(record[2], 64)
	if err != nil {
		return observation{}, err
	}
	tempMin, err := strconv.ParseFloat(record[3], 64)
	if err != nil {
		return observation{}, err
	}
	return observation{
		day: day, precipitation: record[1], tempMax: tempMax, tempMin: tempMin, weather: record[5],
	}, nil
}

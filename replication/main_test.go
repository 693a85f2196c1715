package replication_test

import (
	"os"
	"testing"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

package pgadapt

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/jackc/pgservicefile"
)

// addService adds what the service's section of the service file gives (PostgreSQL documentation, "The Connection
// Service File"). The file is then fixed as servicefile, so that pgconn reads the same.
func (s *effectiveSettings) addService() error {
	name, file := s.orEnvironment("service", "PGSERVICE"), s.orEnvironment("servicefile", "PGSERVICEFILE")
	if name == "" {
		return nil
	}
	path, service, err := findService(name, file)
	if err != nil {
		return err
	}
	if err := renameServiceDatabase(service); err != nil {
		return err
	}
	origin := fmt.Sprintf("service %q of %s", name, path)
	for _, keyword := range slices.Sorted(maps.Keys(service)) {
		if keyword == "service" || keyword == "servicefile" {
			return fmt.Errorf("pgadapt: %s names another service: that is not possible", origin)
		}
		if err := s.add(keyword, service[keyword], origin); err != nil {
			return err
		}
	}
	return errors.Join(s.Set("service", name), s.Set("servicefile", path))
}

func (s *effectiveSettings) orEnvironment(keyword, variable string) string {
	if value, given := s.Get(keyword); given {
		return value
	}
	return os.Getenv(variable)
}

func renameServiceDatabase(service map[string]string) error {
	database, found := service["database"]
	if !found {
		return nil
	}
	if _, both := service["dbname"]; both {
		return errTwoDatabases
	}
	delete(service, "database")
	service["dbname"] = database
	return nil
}

// findService looks for a service in the files where libpq does, the first that has it.
func findService(name, file string) (path string, service map[string]string, err error) {
	for _, path := range serviceFiles(file) {
		content, err := pgservicefile.ReadServicefile(path)
		if errors.Is(err, fs.ErrNotExist) && file == "" {
			continue
		}
		if err != nil {
			return "", nil, fmt.Errorf("pgadapt: service file %s: %w", path, err)
		}
		if found, err := content.GetService(name); err == nil {
			return path, found.Settings, nil
		}
	}
	return "", nil, fmt.Errorf("pgadapt: service %q is in none of the service files %q", name, serviceFiles(file))
}

func serviceFiles(file string) []string {
	if file != "" {
		return []string{file}
	}
	var files []string
	if path, ok := homeFile(".pg_service.conf", ".pg_service.conf"); ok {
		files = append(files, path)
	}
	if folder := os.Getenv("PGSYSCONFDIR"); folder != "" {
		files = append(files, filepath.Join(folder, "pg_service.conf"))
	}
	return files
}

// homeFile gives the path of a file of the user's where libpq looks for it: in the home directory, on Windows
// under another name in %APPDATA%\postgresql.
func homeFile(name, windowsName string) (string, bool) {
	if runtime.GOOS == "windows" {
		folder := os.Getenv("APPDATA")
		return filepath.Join(folder, "postgresql", windowsName), folder != ""
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, name), err == nil
}

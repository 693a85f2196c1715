package pgtest

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// unpackNPM unpacks an archive of npm into a new folder, readable by everybody. os.Root keeps what the
// archive names inside of that folder.
func unpackNPM(archive, dir string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := unpackFiles(file, root); err != nil {
		return err
	}
	return makeSymlinks(root)
}

func unpackFiles(archive io.Reader, root *os.Root) error {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackFile(header, files, root); err != nil {
			return err
		}
	}
}

// unpackFile writes one file. npm's archives hold regular files below one folder, whose name is left out.
func unpackFile(header *tar.Header, content io.Reader, root *os.Root) error {
	_, name, _ := strings.Cut(path.Clean(header.Name), "/")
	if header.Typeflag != tar.TypeReg || name == "" {
		return nil
	}
	if err := makeFolder(root, path.Dir(name)); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, content); err != nil {
		return err
	}
	if err := root.Chmod(name, readable(header.FileInfo().Mode())); err != nil {
		return err
	}
	return file.Close()
}

// readable lets everybody read a file, and run it if its owner may.
func readable(mode fs.FileMode) fs.FileMode {
	if mode&0o100 != 0 {
		return 0o755
	}
	return 0o644
}

// makeFolder makes a folder with its parents, whatever the process's umask.
func makeFolder(root *os.Root, name string) error {
	if name == "." {
		return root.Chmod(".", 0o755)
	}
	if err := makeFolder(root, path.Dir(name)); err != nil {
		return err
	}
	err := root.Mkdir(name, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return root.Chmod(name, 0o755)
}

// symlinkList is the file with the package's symbolic links, which npm's archives cannot hold. Packages
// that need none do not have it.
const symlinkList = "native/pg-symlinks.json"

// packageSymlink is an entry of symlinkList: a link at Target that points to Source, both relative to
// the package.
type packageSymlink struct {
	Source, Target string
}

func makeSymlinks(root *os.Root) error {
	content, err := root.ReadFile(symlinkList)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []packageSymlink
	if err := json.Unmarshal(content, &links); err != nil {
		return fmt.Errorf("%s: %w", symlinkList, err)
	}
	for _, link := range links {
		if err := makeSymlink(root, link); err != nil {
			return fmt.Errorf("%s: %w", symlinkList, err)
		}
	}
	return nil
}

func makeSymlink(root *os.Root, link packageSymlink) error {
	if !filepath.IsLocal(link.Source) {
		return fmt.Errorf("%q lies outside of the package", link.Source)
	}
	pointsTo, err := filepath.Rel(path.Dir(link.Target), link.Source)
	if err != nil {
		return err
	}
	if err := makeFolder(root, path.Dir(link.Target)); err != nil {
		return err
	}
	return root.Symlink(pointsTo, link.Target)
}

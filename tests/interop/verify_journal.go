// Verifies a journal exported as static files, with nothing of our own: Go's sumdb packages read
// the head, its signatures, every tile and every leaf. Usage: verify_journal DIR
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height       = 8
	width        = 1 << height
	leafBytes    = 34
	proofsMax    = 1000
	cosignature  = 4
	timeBytes    = 8
	ed25519Bytes = 64
)

// cosigner verifies cosignature/v1: eight bytes of time, then a signature over two lines and the text.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != timeBytes+ed25519Bytes {
		return false
	}
	seconds := binary.BigEndian.Uint64(sig)
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), text...)
	return ed25519.Verify(c.key, message, sig[timeBytes:])
}

func verifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("vkey without three parts")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize {
		return nil, errors.New("vkey with a malformed key")
	}
	if key[0] != cosignature {
		return note.NewVerifier(vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, errors.New("vkey with a wrong id")
	}
	return cosigner{parts[0], id, key[1:]}, nil
}

func readHead(dir string) (tlog.Tree, int) {
	keys, err := os.ReadFile(filepath.Join(dir, "vkeys"))
	check(err)
	var known []note.Verifier
	for _, line := range strings.Split(strings.TrimSuffix(string(keys), "\n"), "\n") {
		v, err := verifier(line)
		check(err)
		known = append(known, v)
	}
	message, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err)
	n, err := note.Open(message, note.VerifierList(known...))
	check(err)
	if len(n.Sigs) != len(known) {
		log.Fatalf("%d of %d keys have signed", len(n.Sigs), len(known))
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != known[0].Name() {
		log.Fatalf("the head is not three lines of %s", known[0].Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}, len(n.Sigs)
}

func tilePath(level string, n int64, w int) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	if w != width {
		text += fmt.Sprintf(".p/%d", w)
	}
	return "tile/" + level + "/" + text
}

// tiles reads hash tiles from the folder, for tlog to authenticate against the head.
type tiles struct {
	dir string
}

func (t tiles) Height() int                         { return height }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, w := range wanted {
		data, err := os.ReadFile(filepath.Join(t.dir, tilePath(strconv.Itoa(w.L), w.N, w.W)))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

// readLeaves gives every leaf, and in `files` the tiles it came from.
func readLeaves(dir string, size int64, files map[string]bool) [][]byte {
	var leaves [][]byte
	for n := int64(0); n*width < size; n++ {
		w := width
		if size-n*width < width {
			w = int(size - n*width)
		}
		path := tilePath("entries", n, w)
		files[path] = true
		data, err := os.ReadFile(filepath.Join(dir, path))
		check(err)
		for i := 0; i < w; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				log.Fatalf("%s ends within an entry", path)
			}
			length := int(binary.BigEndian.Uint16(data))
			if length != leafBytes || data[2] != 1 || data[3] != 0 {
				log.Fatalf("%s: entry %d is no leaf", path, i)
			}
			leaves = append(leaves, data[2:2+length])
			data = data[2+length:]
		}
		if len(data) != 0 {
			log.Fatalf("%s has bytes too many", path)
		}
	}
	return leaves
}

// rebuild makes the tree anew from the leaves alone.
func rebuild(leaves [][]byte) tlog.HashReaderFunc {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, leaf := range leaves {
		more, err := tlog.StoredHashes(int64(i), leaf, reader)
		check(err)
		stored = append(stored, more...)
	}
	return reader
}

func checkTiles(dir string, size int64, own tlog.HashReaderFunc, files map[string]bool) {
	for level := 0; size>>(height*level) > 0; level++ {
		count := size >> (height * level)
		for n := int64(0); n*width < count; n++ {
			w := width
			if count-n*width < width {
				w = int(count - n*width)
			}
			expected, err := tlog.ReadTileData(tlog.Tile{H: height, L: level, N: n, W: w}, own)
			check(err)
			path := tilePath(strconv.Itoa(level), n, w)
			files[path] = true
			data, err := os.ReadFile(filepath.Join(dir, path))
			check(err)
			if !bytes.Equal(data, expected) {
				log.Fatalf("%s does not follow from the leaves", path)
			}
		}
	}
	check(filepath.Walk(filepath.Join(dir, "tile"), func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil && !files[filepath.ToSlash(name)] {
			log.Fatalf("%s belongs to no tree of %d", name, size)
		}
		return err
	}))
}

func checkProofs(head tlog.Tree, leaves [][]byte, served tlog.HashReader) (int, int) {
	step := int64(1)
	if head.N > proofsMax {
		step = head.N/proofsMax + 1
	}
	included, consistent := 0, 0
	for i := int64(0); i < head.N; i += step {
		p, err := tlog.ProveRecord(head.N, i, served)
		check(err)
		check(tlog.CheckRecord(p, head.N, head.Hash, i, tlog.RecordHash(leaves[i])))
		included++
	}
	for _, old := range []int64{1, 2, 255, 256, 257, head.N / 2, head.N - 1, head.N} {
		if old < 1 || old > head.N {
			continue
		}
		oldRoot, err := tlog.TreeHash(old, served)
		check(err)
		p, err := tlog.ProveTree(head.N, old, served)
		check(err)
		check(tlog.CheckTree(p, head.N, head.Hash, old, oldRoot))
		consistent++
	}
	return included, consistent
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: verify_journal DIR")
	}
	dir := os.Args[1]
	head, signatures := readHead(dir)
	files := map[string]bool{}
	leaves := readLeaves(dir, head.N, files)
	own := rebuild(leaves)
	root, err := tlog.TreeHash(head.N, own)
	check(err)
	if root != head.Hash {
		log.Fatal("the leaves have another root than the head")
	}
	checkTiles(dir, head.N, own, files)
	included, consistent := checkProofs(head, leaves, tlog.TileHashReader(head, tiles{dir}))
	fmt.Printf("%d leaves, %d signatures, %d tiles, %d inclusion and %d consistency proofs hold\n",
		head.N, signatures, len(files), included, consistent)
}

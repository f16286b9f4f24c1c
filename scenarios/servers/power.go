package servers

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ory/dockertest/v3/docker"
)

// appendOnly is how Redis names the part of its append-only file that it writes to:
// https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/.
const appendOnly = ".incr.aof"

// LosePower ends a Redis as a loss of power does. It is killed, and its append-only file,
// in folder, ends from then on where synced says that what is on disk ends, -1 if that is
// not in the file. The operating system lives on and would have kept the rest. LosePower
// returns what shows that the server ended, and what was lost.
func (s *Server) LosePower(ctx context.Context, folder string, synced func(file []byte) (end int)) (evidence string, lost []byte, err error) {
	if evidence, err = s.Kill(ctx); err != nil {
		return "", nil, err
	}
	kept, lost, err := s.cutOff(ctx, folder, synced)
	if err != nil {
		return evidence, nil, fmt.Errorf("cut the append-only file of %s: %w", s.name, err)
	}
	return fmt.Sprintf("%s; the last %d of %d bytes of its append-only file were not synced and are gone", evidence, len(lost), kept+len(lost)), lost, nil
}

// cutOff takes from the newest append-only file in a folder what was not synced.
func (s *Server) cutOff(ctx context.Context, folder string, synced func(file []byte) (end int)) (kept int, lost []byte, err error) {
	file, header, err := s.newestAppendOnly(ctx, folder)
	if err != nil {
		return 0, nil, err
	}
	if kept = synced(file); kept < 0 {
		return 0, nil, fmt.Errorf("%s does not hold what was synced", header.Name)
	}
	header.Size = int64(kept)
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	if err := errors.Join(w.WriteHeader(header), written(w, file[:kept]), w.Close()); err != nil {
		return 0, nil, err
	}
	parent := folder[:strings.LastIndexByte(folder, '/')+1] // names in the archive begin with the folder's own
	err = tell(ctx, s.engine.patience, "write to "+s.name, func(ctx context.Context) error {
		return s.engine.pool.Client.UploadToContainer(s.id, docker.UploadToContainerOptions{InputStream: &archive, Path: parent, Context: ctx})
	})
	return kept, file[kept:], err
}

func written(w io.Writer, data []byte) error {
	_, err := w.Write(data)
	return err
}

// AppendOnly reads what a Redis, which may be running, has written to its append-only file, in folder.
func (s *Server) AppendOnly(ctx context.Context, folder string) ([]byte, error) {
	file, _, err := s.newestAppendOnly(ctx, folder)
	return file, err
}

// newestAppendOnly reads the append-only file that a server writes to.
func (s *Server) newestAppendOnly(ctx context.Context, folder string) (data []byte, newest *tar.Header, err error) {
	archive, err := ask(ctx, s.engine.patience, "read from "+s.name, func(ctx context.Context) (*bytes.Buffer, error) {
		var archive bytes.Buffer
		err := s.engine.pool.Client.DownloadFromContainer(s.id, docker.DownloadFromContainerOptions{OutputStream: &archive, Path: folder, Context: ctx})
		return &archive, err
	})
	if err != nil {
		return nil, nil, err
	}
	r := tar.NewReader(archive)
	for {
		header, err := r.Next()
		switch {
		case errors.Is(err, io.EOF) && newest == nil:
			return nil, nil, fmt.Errorf("%s holds no file named *%s", folder, appendOnly)
		case errors.Is(err, io.EOF):
			return data, newest, nil
		case err != nil:
			return nil, nil, err
		case !strings.HasSuffix(header.Name, appendOnly) || newest != nil && !header.ModTime.After(newest.ModTime):
			continue
		}
		newest = header
		if data, err = io.ReadAll(r); err != nil {
			return nil, nil, err
		}
	}
}

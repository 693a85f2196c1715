package replication

func (d *Decoder) begin(in *payload) Change {
	begin := &Begin{FinalLSN: in.lsn(), CommitTime: in.time(), XID: in.uint32()}
	d.xid = begin.XID
	return begin
}

func (d *Decoder) commit(in *payload) Change {
	in.flags()
	commit := &Commit{CommitLSN: in.lsn(), EndLSN: in.lsn(), CommitTime: in.time(), XID: d.xid}
	d.xid = 0
	return commit
}

func (d *Decoder) origin(in *payload) Change {
	return &Origin{CommitLSN: in.lsn(), Name: in.string()}
}

func (d *Decoder) beginPrepare(in *payload) Change {
	begin := &BeginPrepare{
		PrepareLSN: in.lsn(), EndLSN: in.lsn(), PrepareTime: in.time(), XID: in.uint32(), GID: in.string(),
	}
	d.xid = begin.XID
	return begin
}

func (d *Decoder) prepare(in *payload) Change {
	in.flags()
	d.xid = 0
	return &Prepare{PrepareLSN: in.lsn(), EndLSN: in.lsn(), PrepareTime: in.time(), XID: in.uint32(), GID: in.string()}
}

func (d *Decoder) commitPrepared(in *payload) Change {
	in.flags()
	return &CommitPrepared{CommitLSN: in.lsn(), EndLSN: in.lsn(), CommitTime: in.time(), XID: in.uint32(), GID: in.string()}
}

func (d *Decoder) rollbackPrepared(in *payload) Change {
	in.flags()
	return &RollbackPrepared{
		PrepareEndLSN: in.lsn(), EndLSN: in.lsn(), PrepareTime: in.time(), RollbackTime: in.time(),
		XID: in.uint32(), GID: in.string(),
	}
}

func (d *Decoder) streamStart(in *payload) Change {
	if d.streaming {
		in.fail("the block of transaction %d is still open", d.xid)
		return nil
	}
	start := &StreamStart{XID: in.uint32(), First: in.byte() == 1}
	d.xid, d.streaming = start.XID, in.err == nil
	return start
}

func (d *Decoder) streamStop(in *payload) Change {
	if !d.streaming {
		in.fail("no block is open")
	}
	stop := &StreamStop{XID: d.xid}
	d.xid, d.streaming = 0, false
	return stop
}

func (d *Decoder) streamCommit(in *payload) Change {
	xid := in.uint32()
	in.flags()
	return &StreamCommit{XID: xid, CommitLSN: in.lsn(), EndLSN: in.lsn(), CommitTime: in.time()}
}

// streamAbort has two more fields with the option streaming = parallel, from PostgreSQL 16 on.
func (d *Decoder) streamAbort(in *payload) Change {
	abort := &StreamAbort{XID: in.uint32(), SubXID: in.uint32()}
	if len(in.rest) > 0 {
		abort.AbortLSN, abort.AbortTime = in.lsn(), in.time()
	}
	return abort
}

func (d *Decoder) streamPrepare(in *payload) Change {
	in.flags()
	return &StreamPrepare{PrepareLSN: in.lsn(), EndLSN: in.lsn(), PrepareTime: in.time(), XID: in.uint32(), GID: in.string()}
}

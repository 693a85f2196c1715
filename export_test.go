package pgadapt

import "time"

// SetSilence makes tests of silent networks short.
func (l *Listener) SetSilence(silence time.Duration) { l.silence = silence }

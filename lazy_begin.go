package pgadapt

func (c *conn) sendLazyBegin() {}

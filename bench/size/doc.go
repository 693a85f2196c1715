// Package size measures what a driver adds to a program before the program does anything: bytes of its file, and work at
// its start. The programs in the folder program differ in the driver that they link, and in nothing else.
package size

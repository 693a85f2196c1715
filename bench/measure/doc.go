// Package measure runs workloads with several drivers in turn and says what an operation costs the client.
//
// The drivers take turns: in each round every driver gets one slot of about the same length, in an order that
// moves on by one with each round. What disturbs the machine for longer than a slot then disturbs all of them,
// and ratios are formed inside a round before their median is taken.
package measure

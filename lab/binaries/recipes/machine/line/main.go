// Command line passes packets on late, with jitter, or not at all: what a long line does and a virtual cable does not.
// Each of its arguments is the name of a TUN device that it makes, one for each direction. The kernel's routes send
// packets into a device; they come back out of the same device, later, and are routed on.
//
// Each line of standard input is a setting, answered by "ok" when it holds. It ends when standard input ends.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"time"
)

// Packets on their way in one direction, at most; those that come when it is full are lost, as in a router's queue.
// 32,768 full packets are 200 ms of a line of 2 Gbit/s.
const queueLength = 32768

type setting struct {
	Device      string  `json:"device"`
	DelayMs     float64 `json:"delayMs"`
	JitterMs    float64 `json:"jitterMs"`
	LossPercent float64 `json:"lossPercent"`
	Cut         bool    `json:"cut"`
}

type packet struct {
	due   time.Time
	bytes []byte
}

type direction struct {
	device  *os.File
	setting atomic.Pointer[setting]
	queue   chan packet
}

// receive takes packets from the kernel and notes when each is due. Packets keep their order: jitter delays those that
// follow too, as a queue somewhere on a real line does.
func (d *direction) receive() {
	buffer := make([]byte, 65536)
	var last time.Time
	for {
		length, err := d.device.Read(buffer)
		if err != nil {
			fail(err)
		}
		now := d.setting.Load()
		if now.Cut || rand.Float64()*100 < now.LossPercent {
			continue
		}
		milliseconds := max(0, now.DelayMs+(2*rand.Float64()-1)*now.JitterMs)
		due := time.Now().Add(time.Duration(milliseconds * float64(time.Millisecond)))
		if due.Before(last) {
			due = last
		}
		last = due
		select {
		case d.queue <- packet{due, append([]byte(nil), buffer[:length]...)}:
		default:
		}
	}
}

// send gives the packets back when they are due. What is on its way when the line is cut is lost.
func (d *direction) send() {
	for one := range d.queue {
		time.Sleep(time.Until(one.due))
		if d.setting.Load().Cut {
			continue
		}
		// The kernel refuses packets while the device is down; they are lost like any other then.
		_, _ = d.device.Write(one.bytes)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	directions := map[string]*direction{}
	for _, name := range os.Args[1:] {
		device, err := openTun(name)
		if err != nil {
			fail(fmt.Errorf("%s: %w", name, err))
		}
		one := &direction{device: device, queue: make(chan packet, queueLength)}
		one.setting.Store(&setting{Device: name})
		directions[name] = one
		go one.receive()
		go one.send()
	}
	fmt.Println("ready")
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var wanted setting
		if err := json.Unmarshal(input.Bytes(), &wanted); err != nil {
			fail(err)
		}
		one, known := directions[wanted.Device]
		if !known {
			fail(fmt.Errorf("no device %q", wanted.Device))
		}
		one.setting.Store(&wanted)
		fmt.Println("ok")
	}
}

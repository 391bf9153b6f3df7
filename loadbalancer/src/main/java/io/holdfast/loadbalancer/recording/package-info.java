/**
 * Records what a balancer did, and replays it to another policy. Begin with {@link
 * io.holdfast.loadbalancer.recording.BalancerRecorder}. Any application may call it.
 */
@NullMarked
package io.holdfast.loadbalancer.recording;

import org.jspecify.annotations.NullMarked;

package io.holdfast.registry;

import io.holdfast.spi.Context;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What all views of a registry have in common.
 *
 * @param protection as the options say
 * @param audience where views say what they have seen, for those who drain
 * @param relisting whose turn it is to read everything anew
 * @param listenerThread where listeners are called
 * @param cache where snapshots are kept, if anywhere
 * @param diskThread where that is written
 * @param goodbyes who sweeps up what a view sees of them; empty if the format has none
 * @param clock for what people read
 */
record ViewSupport(
    Protection protection,
    Audience audience,
    Relisting relisting,
    WorkerThread listenerThread,
    Optional<DiskCache> cache,
    Executor diskThread,
    Optional<Goodbyes> goodbyes,
    Clock clock) {

  DiskCopy newDiskCopy(Context context) {
    return new DiskCopy(context, cache, diskThread);
  }

  /** The time until a moment of the context's clock, and a little more so that it has passed. */
  Duration until(long deadline, Context context) {
    return Duration.ofNanos(Math.max(0, deadline - context.nanoTime()) + 1);
  }
}

package io.holdfast.registry.internal.view;

import io.holdfast.registry.Protection;
import io.holdfast.registry.internal.WorkerThread;
import io.holdfast.registry.internal.disk.DiskCache;
import io.holdfast.registry.internal.disk.ViewFile;
import io.holdfast.registry.internal.publication.GoodbyeSweeper;
import io.holdfast.spi.Context;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What all views of a registry have in common.
 *
 * @param protection as the options say
 * @param audience where views acknowledge, for drains
 * @param relisting paces views that read everything anew
 * @param listenerThread where listeners are called
 * @param cache where snapshots are kept, if anywhere
 * @param diskThread where that is written
 * @param goodbyes removes old goodbyes; empty if the format has none
 * @param clock for what people read
 */
public record ViewContext(
    Protection protection,
    ViewAnnouncements audience,
    Relisting relisting,
    WorkerThread listenerThread,
    Optional<DiskCache> cache,
    Executor diskThread,
    Optional<GoodbyeSweeper> goodbyes,
    Clock clock) {

  ViewFile newDiskCopy(Context context) {
    return new ViewFile(context, cache, diskThread);
  }

  /** The time until a moment of the context's clock, and a little more so that it has passed. */
  Duration until(long deadline, Context context) {
    return Duration.ofNanos(Math.max(0, deadline - context.nanoTime()) + 1);
  }
}

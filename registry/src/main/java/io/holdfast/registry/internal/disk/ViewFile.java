package io.holdfast.registry.internal.disk;

import io.holdfast.registry.Freshness;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one view's file up to date, in the background and at most once a second. Only what is
 * {@link Freshness#LIVE} is kept: what was held or stale would gain trust on the way through the
 * disk.
 */
public final class ViewFile {

  private static final Duration SETTLE = Duration.ofSeconds(1);

  private final Context context;
  private final Optional<DiskCache> cache;
  private final Executor disk;

  /** What is to be written and has not been taken yet. */
  private final AtomicReference<@Nullable ServiceSnapshot> due = new AtomicReference<>();

  public ViewFile(Context context, Optional<DiskCache> cache, Executor disk) {
    this.context = context;
    this.cache = cache;
    this.disk = disk;
  }

  /** Reads what an earlier run has left. Blocks for the disk. */
  public Optional<ServiceSnapshot> read(String service) {
    return cache.flatMap(there -> there.read(service));
  }

  /** To be called in the context. */
  public void shown(ServiceSnapshot snapshot) {
    if (cache.isPresent()
        && snapshot.freshness() == Freshness.LIVE
        && due.getAndSet(snapshot) == null) {
      context.schedule(SETTLE, this::flush);
    }
  }

  /** Has the disk thread write what is due. Any thread may call. */
  public void flush() {
    if (due.get() != null) {
      disk.execute(this::write);
    }
  }

  private void write() {
    ServiceSnapshot latest = due.getAndSet(null);
    if (latest != null) {
      cache.ifPresent(there -> there.write(latest));
    }
  }
}

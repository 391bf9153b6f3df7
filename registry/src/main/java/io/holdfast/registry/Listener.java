package io.holdfast.registry;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Somebody who is told of changes, at most one delivery ahead of him at any time. */
final class Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final Supplier<ServiceSnapshot> source;
  private final Consumer<? super ServiceChange> consumer;
  private final WorkerThread thread;
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile boolean stopped;

  /** Used on the listener thread only, after the constructor. */
  private ServiceSnapshot told;

  Listener(
      Supplier<ServiceSnapshot> source,
      Consumer<? super ServiceChange> consumer,
      WorkerThread thread) {
    this.source = source;
    this.consumer = consumer;
    this.thread = thread;
    this.told = source.get();
  }

  /** Has the latest delivered soon, if it is new. Any thread may call. */
  void wake() {
    if (!stopped && awake.compareAndSet(false, true)) {
      thread.execute(this::deliver);
    }
  }

  void stop() {
    stopped = true;
  }

  private void deliver() {
    awake.set(false);
    ServiceSnapshot before = told;
    ServiceSnapshot after = source.get();
    boolean same =
        before.freshness() == after.freshness() && before.instances().equals(after.instances());
    if (stopped || same) {
      return;
    }
    told = after;
    try {
      consumer.accept(new ServiceChange(before, after));
    } catch (RuntimeException e) {
      LOG.warn("a listener of {} failed; it will be told of the next change", after.service(), e);
    }
  }
}

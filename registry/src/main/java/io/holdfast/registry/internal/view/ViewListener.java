package io.holdfast.registry.internal.view;

import io.holdfast.registry.ServiceChange;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.WorkerThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscriber to changes, with at most one delivery queued at any time. */
public final class ViewListener {

  private static final Logger LOG = LoggerFactory.getLogger(ViewListener.class);

  private final Supplier<ServiceSnapshot> source;
  private final Function<? super ServiceChange, ? extends CompletionStage<?>> handler;
  private final WorkerThread thread;
  private final Runnable advanced;
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile boolean stopped;

  /** Used on the listener thread only, after the constructor, as are all below. */
  private ServiceSnapshot told;

  /** How many changes were delivered. */
  private long delivered;

  /** The latest of them that the handler is done with, and so with all before. */
  private long done;

  /**
   * A listener that has seen what {@code source} shows now.
   *
   * @param advanced called on the listener thread when it is done with more than before
   */
  ViewListener(
      Supplier<ServiceSnapshot> source,
      Function<? super ServiceChange, ? extends CompletionStage<?>> handler,
      WorkerThread thread,
      Runnable advanced) {
    this.source = source;
    this.handler = handler;
    this.thread = thread;
    this.advanced = advanced;
    this.told = source.get();
  }

  /** Has the latest delivered soon, if it is new. Any thread may call. */
  void wake() {
    if (!stopped && awake.compareAndSet(false, true)) {
      thread.execute(this::deliver);
    }
  }

  /** Any thread may call. */
  void stop() {
    stopped = true;
    thread.execute(advanced);
  }

  /** How many changes were delivered. On the listener thread. */
  long delivered() {
    return delivered;
  }

  /** True if it is done with that change, or stopped. On the listener thread. */
  boolean isDoneWith(long change) {
    return stopped || done >= change;
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
    long change = ++delivered;
    CompletableFuture<?> handled = handled(new ServiceChange(before, after));
    if (handled.isDone()) {
      ended(change, handled);
    } else {
      handled.whenComplete((none, failure) -> thread.execute(() -> ended(change, handled)));
    }
  }

  private CompletableFuture<?> handled(ServiceChange change) {
    try {
      return handler.apply(change).toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void ended(long change, CompletableFuture<?> handled) {
    if (handled.isCompletedExceptionally()) {
      handled.whenComplete(
          (none, failure) ->
              LOG.warn(
                  "a listener of {} failed; it will be told of the next change",
                  told.service(),
                  failure));
    } else if (change > done) {
      done = change;
      advanced.run();
    }
  }
}

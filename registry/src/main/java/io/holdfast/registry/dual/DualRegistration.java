package io.holdfast.registry.dual;

import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** An instance that is kept registered in both registries, whatever the phase. */
public final class DualRegistration implements AutoCloseable {

  private final Registration old;
  private final Registration now;

  DualRegistration(Registration old, Registration now) {
    this.old = old;
    this.now = now;
  }

  /** The old registry's. */
  public Registration old() {
    return old;
  }

  /** The new registry's. */
  public Registration now() {
    return now;
  }

  /** The present description of the instance. */
  public ServiceInstance instance() {
    return now.instance();
  }

  /** True if both clusters, as far as is known, hold the present description. */
  public boolean isPublished() {
    return old.isPublished() && now.isPublished();
  }

  /** Completes when both hold it; while one is away, that takes until it is back. */
  public CompletableFuture<Void> published() {
    return CompletableFuture.allOf(old.published(), now.published());
  }

  /**
   * {@link Registration#update} in both.
   *
   * @return completes when both hold the change; while one is away, that takes until it is back
   */
  public CompletableFuture<Void> update(UnaryOperator<ServiceInstance> change) {
    return CompletableFuture.allOf(old.update(change), now.update(change));
  }

  /** How a drain ended in each registry. */
  public record BothDrained(DrainResult old, DrainResult now) {
    /** True if it is complete in both. */
    public boolean isComplete() {
      return old.isComplete() && now.isComplete();
    }
  }

  /** {@link Registration#drain} in both; fails if it fails in one. */
  public CompletableFuture<BothDrained> drain(Duration bound) {
    return old.drain(bound).thenCombine(now.drain(bound), BothDrained::new);
  }

  /** Like {@link #close}, without waiting. */
  public CompletableFuture<Void> closeAsync() {
    return CompletableFuture.allOf(old.closeAsync(), now.closeAsync());
  }

  /** Withdraws it from both. Idempotent. */
  @Override
  public void close() {
    CompletableFuture<Void> withdrawn = now.closeAsync();
    old.close();
    if (!withdrawn.isDone()) {
      now.close();
    }
  }
}

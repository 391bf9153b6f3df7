package io.holdfast.registry.dual;

import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.util.concurrent.CompletableFuture;

/**
 * Two registries as one, while services move from the old to the new. They may be on different
 * kinds of cluster, and in different formats.
 *
 * <p>A move without a flag day:
 *
 * <ol>
 *   <li>Every process gets a {@code DualRegistry}, in {@link Phase#OLD_ONLY}: nothing changes for
 *       those who look, and everyone registers with both.
 *   <li>When {@link #divergence} is none, {@link Phase#PREFER_OLD}, then {@link Phase#PREFER_NEW},
 *       service by service, process by process, in any order: all see the same instances all along.
 *   <li>{@link Phase#NEW_ONLY}. Back is the same way, from anywhere.
 *   <li>When all are there, every process gets a plain {@link Registry}.
 * </ol>
 *
 * <p>It owns neither registry. Safe for use by many threads.
 */
public final class DualRegistry {

  private final Registry old;
  private final Registry now;
  private final Phases phases;

  /**
   * Two registries as one.
   *
   * @param old where services come from
   * @param now where they go
   * @param first the phase of every service until {@link #move} gives it another
   */
  public DualRegistry(Registry old, Registry now, Phase first) {
    this.old = old;
    this.now = now;
    this.phases = new Phases(first);
  }

  /** How far the move of {@code service} has come in this process. */
  public Phase phase(String service) {
    return phases.of(service);
  }

  /** Goes on, or back, with a service; its views follow before this returns. */
  public void move(String service, Phase phase) {
    phases.set(service, phase);
  }

  /**
   * Registers with both, whatever the phase, without waiting and without a bound: each side on its
   * own, so that the outage of one holds up nothing on the other. {@link
   * DualRegistration#published} waits for both.
   *
   * @throws IllegalStateException if either registry is closed or has this id registered already;
   *     then it is registered with neither
   */
  public DualRegistration register(ServiceInstance instance) {
    Registration inOld = old.registerAsync(instance);
    try {
      return new DualRegistration(inOld, now.registerAsync(instance));
    } catch (IllegalStateException e) {
      inOld.closeAsync();
      throw e;
    }
  }

  /**
   * Watches a service in both, whatever the phase, so that a move waits for nothing.
   *
   * @throws IllegalArgumentException if {@code service} is not a name
   * @throws IllegalStateException if either registry is closed
   */
  public DualView view(String service) {
    ServiceView inOld = old.view(service);
    try {
      return new DualView(inOld, now.view(service), phases);
    } catch (IllegalStateException e) {
      inOld.close();
      throw e;
    }
  }

  /**
   * Compares both by a read that is up to date in each.
   *
   * @return fails and waits as {@link Registry#list} does, with either cluster
   */
  public CompletableFuture<Divergence> divergence(String service) {
    return old.list(service).thenCombine(now.list(service), Divergence::between);
  }
}

package io.holdfast.registry.internal.drain;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.RegistryEvent;
import io.holdfast.registry.RegistryEvent.DrainEnding;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.internal.view.DrainingInstances;
import io.holdfast.registry.internal.view.InstanceReader;
import io.holdfast.registry.internal.view.ViewAnnouncements;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until every client's view has passed the change that made an instance {@link
 * InstanceStatus#DRAINING}.
 *
 * <p>Four steps. It notes the {@link ViewAnnouncements} before anything changes. It looks, up to
 * date, until the instance is draining: that gives the revision. It reads them again, up to date: a
 * view that joins later begins from a later state. It watches them until each has passed.
 *
 * <p>The {@link DrainProgress} knows how far each is.
 *
 * <p>A session of ours that ends starts the reading and watching anew, with the same revision. All
 * happens in the coordinator's context.
 */
public final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Context context;
  private final Coordinator coordinator;
  private final Key directory;
  private final Key audience;
  private final String service;
  private final String id;
  private final Duration bound;
  private final InstanceReader reader;
  private final long began;
  private final CompletableFuture<DrainResult> drained = new CompletableFuture<>();
  private final DrainProgress clients;

  private @Nullable Session session;
  private @Nullable Revision revision;
  private boolean read;

  /** Done once the clients that were there before are noted. */
  private CompletableFuture<Void> viewersNoted = CompletableFuture.completedFuture(null);

  private Watch watch = () -> {};
  private Runnable stopSessions = () -> {};
  private Runnable stopTimer = () -> {};

  /**
   * A drain that has not begun.
   *
   * @param format where the service's instances are, and how they are written
   * @param bound after which it ends, even if clients are behind
   */
  public Drain(
      Coordinator coordinator, RegistryFormat format, String service, String id, Duration bound) {
    if (bound.isNegative()) {
      throw new IllegalArgumentException("the bound of a drain is not negative: " + bound);
    }
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.service = service;
    this.id = id;
    this.directory = format.directory(service);
    this.audience = ViewAnnouncements.of(service, format);
    this.bound = bound;
    this.clients =
        new DrainProgress(context, id, coordinator.options().sessionTimeout(), this::endIfComplete);
    this.reader = new InstanceReader(service, format);
    this.began = context.nanoTime();
  }

  /**
   * Notes the clients before anything changes, so that one that vanishes in between is missed. Goes
   * without it if the cluster does not answer. From any thread.
   */
  public Drain noteViewers() {
    context.execute(
        () -> {
          Session now = coordinator.current().orElse(null);
          if (now != null) {
            CompletableFuture<Void> noted = new CompletableFuture<>();
            viewersNoted = noted;
            now.list(audience, Consistency.LINEARIZABLE)
                .whenComplete(
                    (there, failure) -> {
                      if (failure == null) {
                        clients.note(there);
                      }
                      noted.complete(null);
                    });
          }
        });
    return this;
  }

  /**
   * Begins. From any thread.
   *
   * @param announced completes when the instance is meant to be draining
   * @return for others: completes where {@link io.holdfast.spi.Callbacks} run
   */
  public CompletableFuture<DrainResult> start(CompletableFuture<?> announced) {
    CompletableFuture<DrainResult> told = context.told(begun(announced));
    told.whenComplete((result, failure) -> drained.cancel(false));
    return told;
  }

  private CompletableFuture<DrainResult> begun(CompletableFuture<?> announced) {
    context.execute(
        () -> {
          stopTimer = context.schedule(bound, this::boundPassed);
          announced.whenComplete(
              (done, failure) ->
                  context.execute(
                      () -> {
                        if (failure == null) {
                          viewersNoted.thenRun(() -> context.execute(this::begin));
                        } else {
                          drained.completeExceptionally(failure);
                        }
                      }));
        });
    drained.whenComplete(
        (result, failure) -> {
          tell(result);
          context.execute(this::stop);
        });
    return drained;
  }

  private void tell(@Nullable DrainResult result) {
    DrainEnding ending =
        result == null
            ? DrainEnding.FAILED
            : result.isComplete() ? DrainEnding.COMPLETE : DrainEnding.BEHIND;
    Duration took = Duration.ofNanos(context.nanoTime() - began);
    coordinator.tell(() -> new RegistryEvent.DrainEnded(service, id, ending, took));
  }

  private void begin() {
    if (!drained.isDone()) {
      stopSessions = coordinator.onSession(this::opened);
    }
  }

  private void stop() {
    clients.end();
    stopTimer.run();
    stopSessions.run();
    watch.close();
    session = null;
  }

  private void opened(Session next) {
    if (drained.isDone()) {
      return;
    }
    watch.close();
    session = next;
    look(next);
  }

  private boolean isOver(Session with) {
    return with != session || drained.isDone();
  }

  private void look(Session with) {
    if (isOver(with)) {
      return;
    }
    if (revision != null) {
      readAudience(with);
      return;
    }
    with.list(directory, Consistency.LINEARIZABLE)
        .whenComplete(
            (there, failure) -> {
              if (failure == null) {
                reader.read(there);
                revision = DrainingInstances.in(there, reader.draining()).get(id);
              }
              if (revision == null) {
                context.schedule(LOOK_AGAIN, () -> look(with));
              } else {
                look(with);
              }
            });
  }

  private void readAudience(Session with) {
    with.list(audience, Consistency.LINEARIZABLE)
        .whenComplete(
            (there, failure) -> {
              if (isOver(with)) {
                return;
              }
              if (failure != null) {
                context.schedule(LOOK_AGAIN, () -> look(with));
                return;
              }
              read = true;
              heard(with, there);
              watch = isOver(with) ? watch : with.watch(audience, now -> heard(with, now));
            });
  }

  private void heard(Session with, Snapshot there) {
    Revision since = revision;
    if (isOver(with) || since == null) {
      return;
    }
    clients.heard(with, there, since);
    endIfComplete();
  }

  private void endIfComplete() {
    if (read && !drained.isDone() && clients.isComplete()) {
      end();
    }
  }

  private void boundPassed() {
    if (drained.isDone()) {
      return;
    }
    if (revision == null || !read) {
      drained.completeExceptionally(
          new UnavailableException(
              "%s/%s could not be drained within %d ms: %s"
                  .formatted(
                      service,
                      id,
                      Durations.millis(bound),
                      revision == null
                          ? "it is not draining in the cluster; is it registered, and the cluster"
                              + " up?"
                          : "the cluster does not say who views the service; is it up?")));
    } else {
      end();
    }
  }

  private void end() {
    DrainResult result =
        new DrainResult(
            service,
            id,
            Objects.requireNonNull(revision),
            clients.behind(),
            clients.departed(),
            Duration.ofNanos(context.nanoTime() - began));
    if (result.isComplete()) {
      LOG.info("{}", result);
    } else {
      LOG.warn("{}", result);
    }
    drained.complete(result);
  }
}

package io.holdfast.chaos.workload;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Context;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A backend whose sessions have one {@link SeededBug}. */
record BuggyBackend(Backend backend, SeededBug bug) implements Backend {

  @Override
  public Context context() {
    return backend.context();
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    return backend.openSession(owner).thenApply(this::infect);
  }

  @Override
  public void close() {
    backend.close();
  }

  /** Whatever the bug does not touch goes to the session as it is. */
  private Session infect(Session session) {
    return (Session)
        Proxy.newProxyInstance(
            Session.class.getClassLoader(),
            new Class<?>[] {Session.class},
            (proxy, method, arguments) -> {
              try {
                return switch (method.getName()) {
                  case "join" -> join(session, arguments);
                  case "refresh" -> refresh(session, (Place) arguments[0]);
                  case "leave" -> session.leave(bug.left(places(arguments[0])));
                  case "remaining" -> life(session).orElseGet(session::remaining);
                  case "state" -> life(session).isPresent() ? SessionState.ACTIVE : session.state();
                  default -> method.invoke(session, arguments);
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Optional<Duration> life(Session session) {
    return bug.life(session.remaining(), session.timeout());
  }

  private CompletableFuture<List<Place>> join(Session session, Object[] arguments) {
    List<Claim> claims = claims(arguments[0]).stream().map(bug::claim).toList();
    Payload payload = (Payload) arguments[arguments.length - 1];
    Supplier<CompletableFuture<List<Place>>> queue =
        () ->
            arguments.length == 2
                ? session.join(claims, payload)
                : session.join(claims, keys(arguments[1]), payload);
    return queue
        .get()
        .thenCompose(
            places ->
                places.stream().anyMatch(bug::goesToTheEnd)
                    ? later(session)
                        .thenCompose(left -> session.leave(places))
                        .thenCompose(left -> queue.get())
                    : CompletableFuture.completedFuture(places))
        .thenApply(bug::places);
  }

  /** When others have queued behind. */
  private static CompletableFuture<Void> later(Session session) {
    return CompletableFuture.runAsync(
        () -> {},
        CompletableFuture.delayedExecutor(session.timeout().toMillis() / 2, MILLISECONDS));
  }

  private CompletableFuture<Optional<Place>> refresh(Session session, Place place) {
    int index = place.queue().name().equals("multi-2") ? 1 : 0;
    return session.refresh(place).thenApply(found -> found.map(it -> bug.seenAgain(it, index)));
  }

  @SuppressWarnings("unchecked") // as the method's signature says
  private static List<Claim> claims(Object argument) {
    return (List<Claim>) argument;
  }

  @SuppressWarnings("unchecked") // as the method's signature says
  private static List<Key> keys(Object argument) {
    return (List<Key>) argument;
  }

  @SuppressWarnings("unchecked") // as the method's signature says
  private static List<Place> places(Object argument) {
    return (List<Place>) argument;
  }
}

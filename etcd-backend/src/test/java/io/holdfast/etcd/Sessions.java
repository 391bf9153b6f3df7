package io.holdfast.etcd;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sessions of one test, each of a backend of its own, all closed at its end. */
final class Sessions implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Payload HELLO = Payload.utf8("hello");

  private final List<Session> sessions = new ArrayList<>();
  private final List<Backend> backends = new ArrayList<>();

  Session open(String uri, Duration sessionTimeout, Duration requestTimeout) {
    return open(
        uri,
        CoordinatorOptions.defaults()
            .withSessionTimeout(sessionTimeout)
            .withRequestTimeout(requestTimeout));
  }

  Session open(String uri, CoordinatorOptions options) {
    Backend backend = new EtcdBackendProvider().open(ClusterUri.parse(uri), options);
    backends.add(backend);
    Session session = get(backend.openSession(Owner.thisProcess("test")));
    sessions.add(session);
    return session;
  }

  Session open(String uri) {
    return open(uri, Duration.ofSeconds(20), Duration.ofSeconds(5));
  }

  static Place join(Session session, Key queue) {
    return get(session.join(List.of(Claim.exclusive(queue)), HELLO)).get(0);
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    sessions.forEach(Session::close);
    backends.forEach(Backend::close);
  }
}

package io.holdfast.zookeeper;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
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

/** Opens sessions for a test and closes them after it. */
final class Clients implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Session> sessions = new ArrayList<>();
  private final List<Backend> backends = new ArrayList<>();

  Session open(String uri, Duration sessionTimeout) {
    CoordinatorOptions options = CoordinatorOptions.defaults().withSessionTimeout(sessionTimeout);
    Backend backend = new ZooKeeperBackendProvider().open(ClusterUri.parse(uri), options);
    backends.add(backend);
    Session session = get(backend.openSession(options.owner()));
    sessions.add(session);
    return session;
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

  static Place join(Session session, Key queue) {
    return get(session.join(List.of(Claim.exclusive(queue)), Payload.EMPTY)).get(0);
  }

  @Override
  public void close() {
    sessions.forEach(Session::close);
    backends.forEach(Backend::close);
  }
}

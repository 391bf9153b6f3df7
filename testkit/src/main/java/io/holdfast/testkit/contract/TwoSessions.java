package io.holdfast.testkit.contract;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Backend;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two sessions of two backends, on a real cluster, in a namespace that no other test has. */
abstract class TwoSessions {

  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Key QUEUE = Key.of("locks", "q");
  static final Payload HELLO = Payload.utf8("hello");

  private final List<Session> sessions = new ArrayList<>();
  private final List<Backend> backends = new ArrayList<>();
  String namespace = "";
  Session a;
  Session b;

  /** The address of the cluster under test, with this namespace. */
  protected abstract String uri(String namespace);

  /** How to connect, but for session time-out and owner. */
  protected CoordinatorOptions options() {
    return CoordinatorOptions.defaults();
  }

  /** The session time-out to ask for. */
  protected Duration sessionTimeout() {
    return Duration.ofSeconds(6);
  }

  @BeforeEach
  final void connectBoth() {
    namespace = "contract/" + UUID.randomUUID();
    a = newSession();
    b = newSession();
  }

  @AfterEach
  final void disconnect() {
    sessions.forEach(Session::close);
    backends.forEach(Backend::close);
  }

  /** One more client in the test's namespace. */
  protected final Session newSession() {
    ClusterUri uri = ClusterUri.parse(uri(namespace));
    CoordinatorOptions options =
        options().withSessionTimeout(sessionTimeout()).withOwner(Owner.thisProcess("contract"));
    BackendProvider provider =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.schemes().contains(uri.scheme()))
            .findFirst()
            .orElseThrow();
    Backend backend = provider.open(uri, options);
    backends.add(backend);
    Session session = get(backend.openSession(options.owner()));
    sessions.add(session);
    return session;
  }

  /** What the future gives, within the patience of the suite; its exception, unwrapped. */
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
    return get(session.join(List.of(Claim.exclusive(queue)), HELLO)).get(0);
  }

  static List<Key> keysOf(List<Place.Member> members) {
    return members.stream().map(Place.Member::key).toList();
  }
}

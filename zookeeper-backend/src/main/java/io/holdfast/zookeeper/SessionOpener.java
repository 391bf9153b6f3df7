package io.holdfast.zookeeper;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.ConnectDiagnosis;
import io.holdfast.spi.Context;
import io.holdfast.spi.DaemonThread;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import io.holdfast.zookeeper.internal.client.AbandonedSessions;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Refusals;
import io.holdfast.zookeeper.internal.client.Security;
import io.holdfast.zookeeper.internal.inspect.FourLetterWords;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.SessionNames;
import io.holdfast.zookeeper.internal.session.Presence;
import io.holdfast.zookeeper.internal.write.Directories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/**
 * The way to a session: connects, makes the namespace, creates the presence node.
 *
 * <p>States: CONNECTING until the first connection, PUBLISHING until the presence node is there,
 * OPEN from then on, when events go to the session; FAILED if the time ran out before.
 */
final class SessionOpener implements Connection.Events {

  private static final Duration TICK_PATIENCE = Duration.ofSeconds(1);
  private static final int LOST_LOGINS = 3;

  private final String servers;
  private final Paths paths;
  private final Owner owner;
  private final CoordinatorOptions options;
  private final Security security;
  private final AbandonedSessions leftovers;
  private final Context context;
  private final Connection connection;
  private final long started;
  private final CompletableFuture<Session> opened = new CompletableFuture<>();
  private State state = State.CONNECTING;
  private @Nullable Presence presence;
  private String id = "";

  /** Written in the context only. */
  private volatile @Nullable ZooKeeperSession session;

  private int lost;
  private String trouble;

  private enum State {
    CONNECTING,
    PUBLISHING,
    OPEN,
    FAILED
  }

  SessionOpener(
      String servers,
      Connection connection,
      Paths paths,
      Owner owner,
      CoordinatorOptions options,
      Security security,
      AbandonedSessions leftovers,
      Context context) {
    this.servers = servers;
    this.trouble = "no answer from " + servers;
    this.paths = paths;
    this.owner = owner;
    this.options = options;
    this.security = security;
    this.leftovers = leftovers;
    this.context = context;
    this.started = context.nanoTime();
    this.connection = connection;
  }

  CompletableFuture<Session> opened() {
    return opened;
  }

  /** In the context. */
  void start() {
    context.schedule(beforeTheCallerDoes(options.connectTimeout()), this::giveUp);
    new ConnectDiagnosis(
            context,
            servers(),
            () -> connection.ownsSession() ? security.probe().ask(servers()) : Optional.empty(),
            () -> state == State.CONNECTING,
            this::reached,
            this::refuse)
        .start(options.connectTimeout());
    try {
      connection.open(this);
    } catch (IllegalStateException e) {
      trouble = String.valueOf(e.getMessage());
      giveUp();
    }
  }

  /** Whoever waits as long as that is to be told why, and not only that it took too long. */
  private static Duration beforeTheCallerDoes(Duration timeout) {
    return timeout.dividedBy(5).multipliedBy(4);
  }

  /** Nobody wants the session any more, and no timer will run. In the context. */
  void abandon() {
    trouble = "the client was closed meanwhile";
    giveUp();
  }

  private void reached(String how) {
    if (state == State.CONNECTING) {
      trouble = how;
    }
  }

  @Override
  public void connected() {
    ZooKeeperSession open = session;
    if (open != null) {
      open.reconnected();
    } else if (state == State.CONNECTING) {
      state = State.PUBLISHING;
      leftovers.reached();
      id = SessionNames.create(connection.sessionId());
      presence = Presence.of(paths.presence(id), owner);
      trouble = "the servers answer, and then lose the connection";
      publish();
    } else if (state == State.PUBLISHING) {
      publish();
    }
  }

  private void publish() {
    Presence node = presence;
    if (node == null || state != State.PUBLISHING) {
      return;
    }
    long sent = context.nanoTime();
    connection
        .multi(List.of(node.create()))
        .thenAccept(
            reply -> {
              if (state != State.PUBLISHING) {
                return;
              }
              if (reply.isOk() || reply.code() == Code.NODEEXISTS) {
                open(node, sent);
              } else if (reply.isRefused()) {
                refuse(Refusals.explain(reply.code(), node.path()));
              } else if (reply.isAbsent()) {
                makeNamespace();
              } else if (!reply.isLost()) {
                trouble = "ZooKeeper refuses to create " + node.path() + ": " + reply.code();
                giveUp();
              }
            });
  }

  private void makeNamespace() {
    Directories directories = new Directories(connection);
    List<String> levels = new ArrayList<>(paths.namespaceLevels());
    levels.add(paths.sessions());
    directories
        .makeLasting(levels)
        .thenAccept(
            last -> {
              if (last.isRefused()) {
                refuse(Refusals.explain(last.code(), paths.sessions()));
              } else {
                publish();
              }
            });
  }

  private void open(Presence node, long sent) {
    state = State.OPEN;
    // Nobody knows when the servers last heard of a session that was there before.
    long since =
        connection.ownsSession() ? started : started - Durations.nanos(connection.sessionTimeout());
    ZooKeeperSession made =
        new ZooKeeperSession(id, connection, node, paths, leftovers, context, since, sent);
    if (!connection.ownsSession()) {
      made.acknowledged(sent);
    }
    session = made;
    askForTick(made);
    opened.complete(made);
  }

  /** The longest that a server tells: it is the leader's that counts, and they should be equal. */
  private void askForTick(ZooKeeperSession made) {
    DaemonThread.start(
        "holdfast-zookeeper-tick",
        () -> {
          Optional<Duration> longest =
              servers().stream()
                  .map(server -> new FourLetterWords(server, TICK_PATIENCE, security.probing()))
                  .flatMap(word -> word.tick().stream())
                  .max(Comparator.naturalOrder());
          context.execute(() -> made.tickIs(longest));
        });
  }

  private List<String> servers() {
    return List.of(servers.split(","));
  }

  @Override
  public void disconnected() {
    leftovers.unreached();
    ZooKeeperSession open = session;
    if (open != null) {
      open.disconnected();
    } else if (security.credentials().login().isPresent() && ++lost == LOST_LOGINS) {
      refuse(Refusals.explain(Code.AUTHFAILED, servers));
    }
  }

  @Override
  public void expired() {
    ZooKeeperSession open = session;
    if (open != null) {
      open.expired();
    } else {
      // Curator says so too of a session that never was, when it has waited long enough for one.
      if (state == State.PUBLISHING) {
        trouble = "the session expired while it was being opened";
      }
      giveUp();
    }
  }

  @Override
  public void ending() {
    ZooKeeperSession open = session;
    if (open != null) {
      open.expired();
    }
  }

  @Override
  public void refused() {
    ZooKeeperSession open = session;
    if (open != null) {
      open.refused();
    } else {
      refuse(Refusals.explain(Code.AUTHFAILED, servers));
    }
  }

  private void refuse(String why) {
    fail(new AccessRefusedException(why));
  }

  private void giveUp() {
    fail(new UnavailableException(trouble));
  }

  private void fail(CoordinationException why) {
    if (state == State.OPEN || state == State.FAILED) {
      return;
    }
    state = State.FAILED;
    connection.closeInBackground();
    opened.completeExceptionally(why);
  }
}

package io.holdfast.zookeeper.internal.inspect;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.spi.AnonymousAccess;
import io.holdfast.spi.AnonymousAccess.Area;
import io.holdfast.spi.Context;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Futures;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Refusals;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.client.Security;
import io.holdfast.zookeeper.internal.read.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * Finds out what a client without credentials could do, by a connection that has none.
 *
 * <p>ZooKeeper checks a multi from the front and does all of it or nothing: a creation with a check
 * behind it that never holds is refused at the creation or at the check. Nothing is written.
 */
final class AnonymousTrial implements Connection.Events {

  private static final String CLOSING =
      "log in (SASL) or use a client certificate from the first start on: what a client then makes"
          + " is its own; close what is there already with setAcl; see docs/security.md";

  private final Paths paths;
  private final Context context;
  private final Duration patience;
  private final Connection connection;
  private final Security security;
  private final Set<Area> readable = EnumSet.noneOf(Area.class);
  private final Set<Area> writable = EnumSet.noneOf(Area.class);
  private final CompletableFuture<Optional<Finding>> finding = new CompletableFuture<>();

  /** Used in the context only. */
  private boolean asked;

  AnonymousTrial(
      String servers,
      Paths paths,
      CoordinatorOptions options,
      Security security,
      Duration patience,
      Context context) {
    this.paths = paths;
    this.context = context;
    this.patience = patience;
    this.security = security;
    this.connection =
        new Connection(servers, options.sessionTimeout(), security.anonymous(), context);
    finding.whenComplete((found, failure) -> connection.closeInBackground());
  }

  /** Empty if it could not be found out. Completes in the context. */
  CompletableFuture<Optional<Finding>> finding() {
    return finding;
  }

  /** In the context. */
  void start() {
    context.schedule(patience, this::noConnection);
    connection.open(this);
  }

  /** Ends it without a finding. In the context. */
  void abandon() {
    finding.complete(Optional.empty());
  }

  @Override
  public void connected() {
    if (asked) {
      return;
    }
    asked = true;
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (Area area : Area.values()) {
      String directory = paths.of(area.directory());
      answers.add(
          connection.names(directory).thenApply(reply -> note(area, reply.code(), readable)));
      answers.add(create(directory).thenApply(code -> note(area, code, writable)));
    }
    Futures.all(answers)
        .thenRun(
            () -> {
              boolean lost = answers.stream().anyMatch(answer -> !answer.join());
              finding.complete(lost ? Optional.empty() : Optional.of(found()));
            });
  }

  private Finding found() {
    return new AnonymousAccess(readable, writable).finding(paths.namespaceNode(), CLOSING);
  }

  /** In the namespace itself if the directory is not there: then that is where it would be made. */
  private CompletableFuture<Code> create(String directory) {
    return tryToCreate(directory)
        .thenCompose(
            code ->
                code == Code.NONODE
                    ? tryToCreate(paths.namespaceNode())
                    : CompletableFuture.completedFuture(code));
  }

  /** {@link Code#OK} if it would have worked. */
  private CompletableFuture<Code> tryToCreate(String directory) {
    String name = directory + "/" + UUID.randomUUID();
    return connection
        .multi(
            List.of(
                Op.create(name, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL),
                Op.check(name + "-none", Connection.ANY_VERSION)))
        .thenApply(AnonymousTrial::verdict);
  }

  private static Code verdict(Reply<List<OpResult>> reply) {
    List<OpResult> results = reply.valueOrNull();
    if (results == null || !(results.get(0) instanceof OpResult.ErrorResult first)) {
      return reply.code();
    }
    Code code = Code.get(first.getErr());
    // Of what was in order, but came to nothing for the sake of the rest.
    return code == Code.OK || code == Code.RUNTIMEINCONSISTENCY ? Code.OK : code;
  }

  /** False if there is no answer. A refusal is one. */
  private static boolean note(Area area, Code code, Set<Area> allowed) {
    if (code == Code.OK) {
      allowed.add(area);
    }
    return code == Code.OK || code == Code.NONODE || Refusals.is(code);
  }

  /** Who has to show a certificate, or to log in, before anything else is turned away. */
  private void noConnection() {
    finding.complete(
        security.credentials().identifyUs() && !asked
            ? Optional.of(AnonymousAccess.none().finding(paths.namespaceNode(), CLOSING))
            : Optional.empty());
  }

  @Override
  public void expired() {
    noConnection();
  }

  @Override
  public void refused() {
    noConnection();
  }
}

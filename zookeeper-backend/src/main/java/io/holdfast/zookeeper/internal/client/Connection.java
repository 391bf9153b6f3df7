package io.holdfast.zookeeper.internal.client;

import io.holdfast.coordination.Payload;
import io.holdfast.spi.Context;
import io.holdfast.spi.DaemonThread;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.CreateRequest;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper session's connection: requests and their replies.
 *
 * <p>Curator finds servers and holds the handle ({@link Client}). Requests go to the handle itself
 * and not through Curator's background queue, for two reasons: requests sent one behind the other
 * without waiting keep their order, where Curator puts one that meets a broken connection aside for
 * a second and lets later ones pass; and a lost reply comes back as a lost reply, where a retry
 * would hide that the first try may have taken effect.
 *
 * <p>Replies and events arrive in the context, in the order in which ZooKeeper gave them.
 */
public final class Connection {

  /** In a request that is for a node whatever it holds. */
  public static final int ANY_VERSION = -1;

  private final Context context;
  private final Client client;
  private final List<ACL> acl;

  /** Used in the context only. */
  private Consumer<String> passingWatches = path -> {};

  /** What becomes of the connection. Called in the context. */
  public interface Events {
    void connected();

    default void disconnected() {}

    void expired();

    /** The servers do not believe who we say we are; there will be no other connection. */
    void refused();

    /** The session ends right now. Called on any thread, before the rest is told in the context. */
    default void ending() {}
  }

  /** A connection of its own. */
  public Connection(String servers, Duration sessionTimeout, Security security, Context context) {
    this(new OwnClient(servers, sessionTimeout, security, context), security.acl(), context);
  }

  /** A connection by way of {@code client}. Nodes are made with {@code acl}. */
  public Connection(Client client, List<ACL> acl, Context context) {
    this.client = client;
    this.acl = acl;
    this.context = context;
  }

  /** Starts connecting, for ever until {@link #close}. Does not block. */
  public void open(Events listener) {
    client.open(listener);
  }

  private ZooKeeper handle() {
    return client.handle();
  }

  /** True if the session is ours alone, and so began with {@link #open}. */
  public boolean ownsSession() {
    return client.ownsSession();
  }

  /** As the server granted it. Known once connected. */
  public Duration sessionTimeout() {
    return Duration.ofMillis(handle().getSessionTimeout());
  }

  /** How many bytes of an answer do not break the connection. */
  public int longestAnswer() {
    return client.longestAnswer();
  }

  /** What ZooKeeper calls the session; the owner of its ephemeral nodes. Known once connected. */
  public long sessionId() {
    return handle().getSessionId();
  }

  /** What it takes to end the session when no server could be told. Known once connected. */
  public Optional<AbandonedSessions.Leftover> leftover() {
    return client.leftover();
  }

  /**
   * Reads only, or writes only. Every node that {@code ops} create becomes ours, whatever they say
   * about it.
   */
  public CompletableFuture<Reply<List<OpResult>>> multi(List<Op> ops) {
    CompletableFuture<Reply<List<OpResult>>> reply = new CompletableFuture<>();
    List<String> unmade =
        ops.stream()
            .filter(Connection::isEphemeral)
            .map(Op::getPath)
            .filter(client::creating)
            .toList();
    handle()
        .multi(
            ops.stream().map(this::owned).toList(),
            (rc, path, none, results) -> {
              if (rc == Code.OK.intValue()) {
                ops.forEach(this::done);
              } else if (isRefusal(rc)) {
                unmade.forEach(client::absent);
              }
              arrive(reply, rc, results);
            },
            null);
    return reply;
  }

  /** In the order of the request: a node may be deleted and made anew by one. */
  private void done(Op op) {
    if (op.getType() == OpCode.delete) {
      client.absent(op.getPath());
    } else if (isEphemeral(op)) {
      client.creating(op.getPath());
    }
  }

  /** True if a server has answered that it did not do it; those codes begin below this one. */
  private static boolean isRefusal(int rc) {
    return rc < Code.APIERROR.intValue() && !reply(rc, null).isLost();
  }

  private static boolean isEphemeral(Op op) {
    return op.getType() == OpCode.create
        && op.toRequestRecord() instanceof CreateRequest asked
        && CreateMode.fromFlag(asked.getFlags(), CreateMode.PERSISTENT).isEphemeral();
  }

  private Op owned(Op op) {
    if (op.getType() != OpCode.create || !(op.toRequestRecord() instanceof CreateRequest asked)) {
      return op;
    }
    return Op.create(asked.getPath(), asked.getData(), acl, asked.getFlags());
  }

  public CompletableFuture<Reply<String>> create(String path, CreateMode mode) {
    CompletableFuture<Reply<String>> reply = new CompletableFuture<>();
    handle()
        .create(
            path,
            new byte[0],
            acl,
            mode,
            (int rc, String asked, Object none, String made) -> arrive(reply, rc, made),
            null);
    return reply;
  }

  /** Creates a node that goes with the session, its name the rest of {@code path} and a number. */
  public CompletableFuture<Reply<Reply.Made>> createInSequence(String path, Payload payload) {
    CompletableFuture<Reply<Reply.Made>> reply = new CompletableFuture<>();
    client.creating(path);
    handle()
        .create(
            path,
            payload.bytes(),
            acl,
            CreateMode.EPHEMERAL_SEQUENTIAL,
            (int rc, String asked, Object none, String made, Stat stat) -> {
              if (isRefusal(rc)) {
                client.absent(path);
              }
              arrive(reply, rc, stat == null ? null : new Reply.Made(made, stat));
            },
            null);
    return reply;
  }

  public CompletableFuture<Reply<Reply.Children>> children(String path) {
    CompletableFuture<Reply<Reply.Children>> reply = new CompletableFuture<>();
    handle()
        .getChildren(
            path,
            null,
            (int rc, String asked, Object none, List<String> names, Stat stat) ->
                arrive(reply, rc, names == null ? null : new Reply.Children(names, stat)),
            null);
    return reply;
  }

  /** As {@link #children}, without what the node itself has to say. */
  public CompletableFuture<Reply<List<String>>> names(String path) {
    CompletableFuture<Reply<List<String>>> reply = new CompletableFuture<>();
    handle()
        .getChildren(
            path,
            null,
            (int rc, String asked, Object none, List<String> names) -> arrive(reply, rc, names),
            null);
    return reply;
  }

  /** Deletes a node without nodes below it. */
  public CompletableFuture<Reply<String>> delete(String path) {
    CompletableFuture<Reply<String>> reply = new CompletableFuture<>();
    handle()
        .delete(
            path,
            ANY_VERSION,
            (rc, asked, none) -> {
              if (rc == Code.OK.intValue()) {
                client.absent(path);
              }
              arrive(reply, rc, asked);
            },
            null);
    return reply;
  }

  /**
   * Looks whether a node without nodes below it is there. The watch tells of its end, but not, as
   * that of {@link #stat} does, each time its data is set.
   */
  public CompletableFuture<Reply<String>> presence(String path, Watcher watcher) {
    CompletableFuture<Reply<String>> reply = new CompletableFuture<>();
    handle()
        .getChildren(
            path,
            client.watchingOnce(path, watcher),
            (int rc, String asked, Object none, List<String> names) -> arrive(reply, rc, asked),
            null);
    return reply;
  }

  public CompletableFuture<Reply<Reply.Node>> node(String path) {
    CompletableFuture<Reply<Reply.Node>> reply = new CompletableFuture<>();
    handle()
        .getData(
            path,
            null,
            (rc, asked, none, data, stat) ->
                arrive(reply, rc, stat == null ? null : new Reply.Node(payload(data), stat)),
            null);
    return reply;
  }

  private static Payload payload(byte @Nullable [] data) {
    return data == null ? Payload.EMPTY : Payload.of(data);
  }

  public CompletableFuture<Reply<Stat>> stat(String path) {
    return stat(path, null);
  }

  public CompletableFuture<Reply<Stat>> stat(String path, @Nullable Watcher watcher) {
    CompletableFuture<Reply<Stat>> reply = new CompletableFuture<>();
    Watcher noted = watcher == null ? null : client.watchingOnce(path, watcher);
    handle().exists(path, noted, (rc, asked, none, stat) -> arrive(reply, rc, stat), null);
    if (watcher != null) {
      passingWatches.accept(path);
    }
    return reply;
  }

  /** Removes the watches that {@link #stat} set on a path, here and on the server. */
  public void removeWatches(String path) {
    handle().removeAllWatches(path, Watcher.WatcherType.Data, true, (rc, asked, none) -> {}, null);
    passingWatches.accept(path);
  }

  /** Calls {@code listener} with the path after a watch that tells once was set or removed. */
  public void onPassingWatch(Consumer<String> listener) {
    passingWatches = listener;
  }

  /** Sets a lasting watch on a node: on its children's names, or on all below it. */
  public CompletableFuture<Reply<String>> addWatch(
      String path, Watcher watcher, AddWatchMode mode) {
    CompletableFuture<Reply<String>> reply = new CompletableFuture<>();
    client.watching(path);
    handle().addWatch(path, watcher, mode, (rc, asked, none) -> arrive(reply, rc, asked), null);
    return reply;
  }

  /** Removes every watch on a path, here and on the server; their watchers are told. */
  public void removeAllWatches(String path) {
    handle().removeAllWatches(path, Watcher.WatcherType.Any, true, (rc, asked, none) -> {}, null);
  }

  private <T> void arrive(CompletableFuture<Reply<T>> reply, int rc, @Nullable T value) {
    Reply<T> arrived = reply(rc, value);
    context.execute(() -> reply.complete(arrived));
  }

  private static <T> Reply<T> reply(int rc, @Nullable T value) {
    Code known = Code.get(rc);
    return new Reply<>(known == null ? Code.SYSTEMERROR : known, value);
  }

  /** Ends what the session has at the servers. May block long: for a thread of its own. */
  public void close() {
    client.close();
  }

  /** {@link #close} on a thread of its own. */
  public void closeInBackground() {
    DaemonThread.start("holdfast-zookeeper-close", this::close);
  }
}

package io.holdfast.zookeeper.internal.directory;

import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Snapshot;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Refusals;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.SessionNames;
import io.holdfast.zookeeper.internal.write.Directories;
import io.holdfast.zookeeper.internal.write.GuardedWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Reads directories. Used in the context only.
 *
 * <p>A directory's {@code pzxid} is the zxid of the last creation or deletion in it. A directory
 * that is not there has none; then its nearest ancestor's tells how late this was true.
 */
public final class Reader {

  /** Of a name that was never seen, generously. */
  private static final int USUAL_LENGTH = 100;

  /** What comes with each name in an answer. */
  private static final int BESIDES = 4;

  private final Connection connection;
  private final GuardedWriter writer;
  private final Paths paths;
  private final SessionNames sessions;

  public Reader(Connection connection, GuardedWriter writer, Paths paths, SessionNames sessions) {
    this.connection = connection;
    this.writer = writer;
    this.paths = paths;
    this.sessions = sessions;
  }

  /**
   * What is in a directory.
   *
   * @param revision of the last creation or deletion
   * @param names of all nodes, sorted, that can be part of a key
   */
  public record Listing(Revision revision, List<String> names) {

    /** How long a name is, on average and at least about that. */
    int usualLength() {
      long all = names.stream().mapToLong(String::length).sum();
      return names.isEmpty() ? USUAL_LENGTH : (int) (all / names.size());
    }
  }

  /** Fails with {@link UnavailableException} only. */
  public CompletableFuture<Listing> names(Key directory, Consistency consistency) {
    CompletableFuture<Listing> listing = new CompletableFuture<>();
    children(directory, consistency)
        .thenAccept(
            reply -> {
              if (reply.isOk()) {
                listing.complete(
                    new Listing(
                        new Revision(reply.value().stat().getPzxid()),
                        reply.value().names().stream().filter(Key::isSegment).sorted().toList()));
              } else if (reply.isAbsent()) {
                absent(Paths.parent(paths.of(directory)), listing);
              } else {
                listing.completeExceptionally(unavailable(directory, reply));
              }
            });
    return listing;
  }

  /**
   * The names in a directory, unless they are too many for one answer. For one that may have grown
   * so much, its node is asked first how many it has.
   *
   * @param before as read last
   * @return fails with {@link UnavailableException} only
   */
  CompletableFuture<Listing> namesThatFit(Key directory, @Nullable Listing before) {
    int length = before == null ? USUAL_LENGTH : before.usualLength() + BESIDES;
    long most = connection.longestAnswer() / 2 / length;
    if (before != null && before.names().size() < most / 2) {
      return names(directory, Consistency.SEQUENTIAL);
    }
    String path = paths.of(directory);
    return connection
        .stat(path)
        .thenCompose(
            reply ->
                reply.isOk() && reply.value().getNumChildren() > most
                    ? CompletableFuture.failedFuture(tooMany(path, reply.value().getNumChildren()))
                    : names(directory, Consistency.SEQUENTIAL));
  }

  private static UnavailableException tooMany(String path, int names) {
    return new UnavailableException(
        path
            + " has "
            + names
            + " names, which may be more than fit into an answer: remove some, or raise this"
            + " process's property jute.maxbuffer");
  }

  private CompletableFuture<Reply<Reply.Children>> children(
      Key directory, Consistency consistency) {
    String path = paths.of(directory);
    if (consistency == Consistency.SEQUENTIAL) {
      return connection.children(path);
    }
    CompletableFuture<Reply<Reply.Children>> behind = new CompletableFuture<>();
    return writer
        .upToDate(() -> connection.children(path).thenAccept(behind::complete))
        .thenCombine(behind, (upToDate, reply) -> upToDate ? reply : Reply.lost());
  }

  private void absent(String ancestor, CompletableFuture<Listing> listing) {
    if (ancestor.isEmpty()) {
      listing.complete(new Listing(Revision.NONE, List.of()));
      return;
    }
    connection
        .stat(ancestor)
        .thenAccept(
            reply -> {
              if (reply.isOk()) {
                Revision revision = new Revision(reply.value().getPzxid());
                listing.complete(new Listing(revision, List.of()));
              } else if (reply.isAbsent()) {
                absent(Paths.parent(ancestor), listing);
              } else {
                listing.completeExceptionally(
                    new UnavailableException("could not read " + ancestor + ": " + reply.code()));
              }
            });
  }

  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return names(directory, consistency)
        .thenCompose(
            listing ->
                nodes(directory, listing.names())
                    .thenApply(nodes -> snapshot(directory, listing, entries(directory, nodes))));
  }

  /** The nodes of those {@code names} that are still there. */
  CompletableFuture<Map<String, Reply.Node>> nodes(Key directory, List<String> names) {
    Map<String, CompletableFuture<Reply<Reply.Node>>> asked = new LinkedHashMap<>();
    for (String name : names) {
      asked.put(name, connection.node(paths.of(directory) + "/" + name));
    }
    return Futures.all(asked.values())
        .thenCompose(
            all -> {
              Map<String, Reply.Node> nodes = new LinkedHashMap<>();
              for (Map.Entry<String, CompletableFuture<Reply<Reply.Node>>> entry :
                  asked.entrySet()) {
                Reply<Reply.Node> reply = entry.getValue().join();
                if (reply.isOk()) {
                  nodes.put(entry.getKey(), reply.value());
                } else if (!reply.isAbsent()) {
                  return CompletableFuture.failedFuture(unavailable(directory, reply));
                }
              }
              return sessions.learn(owners(nodes)).thenApply(learnt -> nodes);
            });
  }

  private static List<Long> owners(Map<String, Reply.Node> nodes) {
    return nodes.values().stream()
        .map(node -> node.stat().getEphemeralOwner())
        .filter(owner -> owner != 0 && owner != Long.MIN_VALUE)
        .distinct()
        .toList();
  }

  private List<Entry> entries(Key directory, Map<String, Reply.Node> nodes) {
    List<Entry> entries = new ArrayList<>(nodes.size());
    nodes.forEach((name, node) -> entry(directory, name, node).ifPresent(entries::add));
    return entries;
  }

  /** What the node is to others; empty if it only holds further nodes. */
  Optional<Entry> entry(Key directory, String name, Reply.Node node) {
    if (Directories.isDirectory(node)) {
      return Optional.empty();
    }
    Stat stat = node.stat();
    return Optional.of(
        new Entry(
            directory.child(name),
            node.data(),
            new Revision(stat.getCzxid()),
            new Revision(stat.getMzxid()),
            sessions.of(stat.getEphemeralOwner())));
  }

  /** The entries of a directory as one. */
  static Snapshot snapshot(Key directory, Listing listing, Collection<Entry> entries) {
    Revision revision = listing.revision();
    for (Entry entry : entries) {
      revision = Revision.later(revision, entry.modified());
    }
    return new Snapshot(directory, revision, List.copyOf(entries));
  }

  private static CoordinationException unavailable(Key directory, Reply<?> reply) {
    return Refusals.or(
        reply.code(), directory.path(), "could not read " + directory + ": " + reply.code());
  }
}

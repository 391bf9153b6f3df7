package io.holdfast.zookeeper.internal.read;

import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/**
 * Asks who stands in queues. What is asked {@link #together} goes in as few requests as is safe, so
 * that a batch of joins, or a join of many queues, costs the cluster one reply and not one for each
 * queue.
 *
 * <p>A client breaks the connection over an answer that is too large for it (a megabyte unless set
 * otherwise). So the longer the queues have been of late, the fewer of them go in one request.
 *
 * <p>Used in the context only.
 */
public final class QueueReader {

  /** Names in one answer; at some 70 bytes each, little more than half of what a client takes. */
  private static final int MOST_NAMES = 8_000;

  private static final int LEAST_EXPECTED = 100;

  private final Connection connection;

  /** How many names to expect in a queue: what the longest one of late had, or more. */
  private int expected = 1_000;

  private record Asked(String path, CompletableFuture<Reply<List<String>>> names) {}

  /** By path; null while nothing is gathered. */
  private @Nullable Map<String, CompletableFuture<Reply<List<String>>>> gathered;

  public QueueReader(Connection connection) {
    this.connection = connection;
  }

  /** The names below {@code path}. Completes in the context. */
  public CompletableFuture<Reply<List<String>>> names(String path) {
    return gathered == null
        ? ask(path)
        : gathered.computeIfAbsent(path, asked -> new CompletableFuture<>());
  }

  /** Sends what {@code asking} asks for, when it returns. */
  public void together(Runnable asking) {
    Map<String, CompletableFuture<Reply<List<String>>>> asked = new LinkedHashMap<>();
    gathered = asked;
    try {
      asking.run();
    } finally {
      gathered = null;
      send(
          asked.entrySet().stream()
              .map(each -> new Asked(each.getKey(), each.getValue()))
              .toList());
    }
  }

  private void send(List<Asked> all) {
    int most = Math.max(1, MOST_NAMES / expected);
    for (int i = 0; i < all.size(); i += most) {
      List<Asked> part = all.subList(i, Math.min(all.size(), i + most));
      if (part.size() == 1) {
        ask(part.get(0).path()).thenAccept(part.get(0).names()::complete);
      } else {
        connection
            .multi(part.stream().map(Asked::path).map(Op::getChildren).toList())
            .thenAccept(reply -> arrived(reply, part));
      }
    }
  }

  private CompletableFuture<Reply<List<String>>> ask(String path) {
    return connection
        .names(path)
        .thenApply(
            reply -> {
              learn(reply);
              return reply;
            });
  }

  private void arrived(Reply<List<OpResult>> reply, List<Asked> part) {
    List<OpResult> results = reply.valueOrNull();
    for (int i = 0; i < part.size(); i++) {
      Reply<List<String>> names =
          results == null ? new Reply<>(reply.code(), null) : names(results.get(i));
      learn(names);
      part.get(i).names().complete(names);
    }
  }

  /** The answer to {@link Op#getChildren}. */
  public static Reply<List<String>> names(OpResult result) {
    if (result instanceof OpResult.GetChildrenResult listed) {
      return new Reply<>(Code.OK, listed.getChildren());
    }
    return new Reply<>(Code.get(((OpResult.ErrorResult) result).getErr()), null);
  }

  private void learn(Reply<List<String>> reply) {
    int seen = reply.isOk() ? reply.value().size() : 0;
    expected = Math.max(LEAST_EXPECTED, Math.max(seen, expected - expected / 8));
  }
}

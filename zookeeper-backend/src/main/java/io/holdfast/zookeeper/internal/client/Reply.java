package io.holdfast.zookeeper.internal.client;

import io.holdfast.coordination.Payload;
import java.util.List;
import java.util.Objects;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request: a code always, a value mostly only with {@link Code#OK}.
 *
 * @param code as ZooKeeper gave it
 * @param valueOrNull what was asked for
 */
public record Reply<T>(Code code, @Nullable T valueOrNull) {

  /** The names below a node, and the node's own statistics. */
  public record Children(List<String> names, Stat stat) {}

  /** A node that was created, under the name that the server made of the one asked for. */
  public record Made(String path, Stat stat) {}

  /** What a node holds. */
  public record Node(Payload data, Stat stat) {}

  /** One that did not come, or does not count. */
  public static <T> Reply<T> lost() {
    return new Reply<>(Code.CONNECTIONLOSS, null);
  }

  public boolean isOk() {
    return code == Code.OK;
  }

  public boolean isAbsent() {
    return code == Code.NONODE;
  }

  /** True if the servers do not let us, or do not know who we are. */
  public boolean isRefused() {
    return Refusals.is(code);
  }

  /** True if the request may or may not have been carried out. */
  public boolean isLost() {
    return code == Code.CONNECTIONLOSS
        || code == Code.SESSIONMOVED
        || code == Code.OPERATIONTIMEOUT
        || code == Code.REQUESTTIMEOUT;
  }

  /** The value of a reply that is known to have one. */
  public T value() {
    return Objects.requireNonNull(valueOrNull, "a reply without a value");
  }
}

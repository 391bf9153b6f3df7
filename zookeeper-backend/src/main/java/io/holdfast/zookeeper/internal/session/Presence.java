package io.holdfast.zookeeper.internal.session;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.zookeeper.internal.client.Connection;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * The session's presence node: its owner, and the number of the last write that took effect.
 *
 * @param path where it is
 * @param owner the owner in its stored form
 */
public record Presence(String path, String owner) {

  private static final String NUMBER = "&op=";

  public static Presence of(String path, Owner owner) {
    return new Presence(path, owner.encode().text());
  }

  public Op create() {
    return Op.create(path, data(0), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
  }

  /** What every write of the session begins with: no presence, no write. */
  public Op update(long number) {
    return Op.setData(path, data(number), Connection.ANY_VERSION);
  }

  private byte[] data(long number) {
    return (owner + NUMBER + number).getBytes(StandardCharsets.UTF_8);
  }

  /** The number in {@code data}; empty if somebody else wrote it. */
  public static OptionalLong number(Payload data) {
    String text = data.text();
    int start = text.lastIndexOf(NUMBER);
    if (start < 0) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text.substring(start + NUMBER.length())));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}

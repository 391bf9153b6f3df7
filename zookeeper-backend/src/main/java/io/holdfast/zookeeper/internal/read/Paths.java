package io.holdfast.zookeeper.internal.read;

import io.holdfast.coordination.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where keys are in ZooKeeper: {@code /namespace/key}, or where an absolute key says. */
public record Paths(Key namespace) {

  private static final String SESSIONS = "sessions";

  public String of(Key key) {
    if (key.isAbsolute()) {
      String path = key.storePath();
      return path.startsWith("/") ? path : "/" + path;
    }
    return "/" + namespace + "/" + key;
  }

  /** The namespace's own node. */
  public String namespaceNode() {
    return "/" + namespace;
  }

  /** The directory of the presence nodes. */
  public String sessions() {
    return "/" + namespace + "/" + SESSIONS;
  }

  public String presence(String session) {
    return sessions() + "/" + session;
  }

  /** The namespace's node and those above it, the topmost first. */
  public List<String> namespaceLevels() {
    List<String> levels = new ArrayList<>();
    for (String level = "/" + namespace; !level.isEmpty(); level = parent(level)) {
      levels.add(level);
    }
    Collections.reverse(levels);
    return List.copyOf(levels);
  }

  /** The nodes between the namespace and {@code key}, the topmost first. */
  public List<String> directoriesAbove(Key key) {
    List<String> above = new ArrayList<>();
    for (Key level = key; level.hasParent(); ) {
      level = level.parent();
      above.add(of(level));
    }
    Collections.reverse(above);
    return List.copyOf(above);
  }

  /** The path above, empty above the topmost. */
  public static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  /** The last segment. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}

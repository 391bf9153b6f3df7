package io.holdfast.spi;

import io.holdfast.coordination.Key;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a client that does not say who it is could do in a namespace. For backends, which find it
 * out by requests that the cluster checks and then cannot carry out.
 *
 * @param readable what it could read
 * @param writable what it could change
 */
public record AnonymousAccess(Set<Area> readable, Set<Area> writable) {

  private static final String SUBJECT = "namespace";

  /** A part of a namespace. */
  public enum Area {
    /** Where the queues of locks are. */
    LOCKS("locks", "take locks, and put out whoever holds one or waits for it"),
    /** Where the queues of elections are. */
    ELECTIONS("elections", "depose leaders"),
    /** Where instances are registered. */
    SERVICES("services", "register instances, and remove or override those of others"),
    /** Where sessions are known by. */
    SESSIONS("sessions", "end every session"),
    /** Where the generation is. */
    GENERATION("meta", "change the generation, so that nobody can take a lock"),
    /** Where operators' deeds are noted. */
    AUDIT("audit", "forge the audit trail");

    private final String directory;
    private final String deed;

    Area(String directory, String deed) {
      this.directory = directory;
      this.deed = deed;
    }

    /** Where it is in the namespace. */
    public Key directory() {
      return Key.of(directory);
    }
  }

  public AnonymousAccess {
    readable = Set.copyOf(readable);
    writable = Set.copyOf(writable);
  }

  /** Nothing at all. */
  public static AnonymousAccess none() {
    return new AnonymousAccess(Set.of(), Set.of());
  }

  /**
   * What to say of it.
   *
   * @param namespace as the store's own tools would be given it
   * @param closing how that store is closed
   */
  public Finding finding(String namespace, String closing) {
    String who = "a client that does not log in could ";
    if (!writable.isEmpty()) {
      return Finding.warning(
          SUBJECT,
          namespace
              + " is open: "
              + who
              + EnumSet.copyOf(writable).stream()
                  .map(area -> area.deed)
                  .collect(Collectors.joining("; ")),
          closing);
    }
    return readable.isEmpty()
        ? Finding.ok(SUBJECT, namespace + " is closed to clients that do not log in")
        : Finding.warning(
            SUBJECT,
            namespace + " cannot be written, but " + who + "read who holds, serves and waits",
            closing);
  }

  /** True of a {@link #finding} that those who do not log in can do nothing. */
  public static boolean tellsThatItIsClosed(Finding finding) {
    return finding.subject().equals(SUBJECT) && finding.level() == Finding.Level.OK;
  }
}

package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a client says of its view of a service, under {@code viewers/<service>/<client>}: an {@link
 * Owner} whose attributes tell how far the view has come.
 *
 * @param owner whose view it is
 * @param blank true if the view showed no instance when this was first said: what it shows later is
 *     newer than the key
 * @param shows the revision of what it showed when this was last put
 * @param passed the instances that it shows as {@link InstanceStatus#DRAINING}, by id, each with
 *     the revision that said so: no caller of this view chooses them any more
 */
public record ViewAnnouncement(
    Owner owner, boolean blank, Revision shows, Map<String, Revision> passed) {

  private static final String BLANK = "blank";
  private static final String SHOWS = "shows";
  private static final String PASSED = "passed.";

  public ViewAnnouncement {
    passed = Map.copyOf(passed);
  }

  /** The same view, further on. */
  ViewAnnouncement further(Revision nowShows, Map<String, Revision> nowPassed) {
    return new ViewAnnouncement(owner, blank, nowShows, nowPassed);
  }

  /** True if it no longer offers {@code id} since {@code revision} or a later change. */
  public boolean hasPassed(String id, Revision revision) {
    Revision seen = passed.get(id);
    return seen != null && seen.compareTo(revision) >= 0;
  }

  Payload encode() {
    Map<String, String> attributes = new LinkedHashMap<>(owner.attributes());
    attributes.put(BLANK, Boolean.toString(blank));
    attributes.put(SHOWS, shows.toString());
    new TreeMap<>(passed).forEach((id, at) -> attributes.put(PASSED + id, at.toString()));
    return new Owner(owner.name(), owner.host(), owner.pid(), owner.since(), attributes).encode();
  }

  /** Reads the stored form; empty if it is not one. */
  public static Optional<ViewAnnouncement> decode(Payload payload) {
    return Owner.decode(payload).flatMap(ViewAnnouncement::of);
  }

  private static Optional<ViewAnnouncement> of(Owner stored) {
    Map<String, String> attributes = new LinkedHashMap<>(stored.attributes());
    String blank = attributes.remove(BLANK);
    String shows = attributes.remove(SHOWS);
    if (blank == null || shows == null) {
      return Optional.empty();
    }
    try {
      Map<String, Revision> passed = new TreeMap<>();
      stored
          .attributes()
          .forEach(
              (name, value) -> {
                if (name.startsWith(PASSED)) {
                  attributes.remove(name);
                  passed.put(name.substring(PASSED.length()), revision(value));
                }
              });
      Owner owner =
          new Owner(stored.name(), stored.host(), stored.pid(), stored.since(), attributes);
      return Optional.of(
          new ViewAnnouncement(owner, Boolean.parseBoolean(blank), revision(shows), passed));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Revision revision(String text) {
    return new Revision(Long.parseLong(text));
  }
}

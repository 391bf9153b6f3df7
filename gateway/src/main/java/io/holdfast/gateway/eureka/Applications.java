package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.lease.Lease;
import io.holdfast.spi.Durations;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All instances in Eureka's form, and what has changed lately. Each instance is written anew only
 * when it changes; the answers are kept until something does.
 */
final class Applications {

  /** As long as Eureka keeps its own. Clients ask every 30 seconds. */
  private static final Duration KEPT = Duration.ofMinutes(3);

  /** More changes than that are cheaper as one full answer. */
  private static final int MOST_RECENT = 5_000;

  private final Clock clock;
  private final LongSupplier monotonic;

  /** By application, then by service and id. Guarded by this, as is all below. */
  private final SortedMap<String, SortedMap<Place, Entry>> applications = new TreeMap<>();

  /** The latest change of each instance, oldest first. */
  private final Map<Place, Change> recent = new LinkedHashMap<>();

  private long version = 1;
  private long incompleteUntil;
  private final Map<Format, Answer> full = new HashMap<>();
  private final Map<Format, Answer> deltas = new HashMap<>();

  /**
   * Without instances.
   *
   * @param clock for what clients read; it may be set while this runs
   * @param monotonic milliseconds that only grow, by which changes are kept
   */
  Applications(Clock clock, LongSupplier monotonic) {
    this.clock = clock;
    this.monotonic = monotonic;
    this.incompleteUntil = monotonic.getAsLong();
  }

  /** Where an instance is. By id first, so that one is found without looking at the others. */
  record Place(String service, String id) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int first = id.compareTo(other.id);
      return first != 0 ? first : service.compareTo(other.service);
    }
  }

  /** An instance, and how it is written. */
  record Entry(RegisteredInstance there, ObjectNode document) {}

  private record Change(String application, ObjectNode document, long at) {}

  /** An answer that stays right until the next change. */
  private record Answer(long version, Buffer bytes) {}

  /** Takes over what a service's view shows now. */
  synchronized void show(ServiceState state) {
    String application = Document.application(state.service());
    SortedMap<Place, Entry> entries =
        applications.computeIfAbsent(application, none -> new TreeMap<>());
    Map<Place, Entry> gone = new TreeMap<>(entries);
    gone.keySet().removeIf(place -> !place.service().equals(state.service()));
    for (RegisteredInstance there : state.snapshot().instances()) {
      Place place = new Place(state.service(), there.id());
      RegisteredInstance visible = withoutHolder(there);
      Entry before = gone.remove(place);
      if (before == null || !before.there().equals(visible)) {
        Entry entry =
            new Entry(visible, Document.of(visible, clock.millis(), action(before, visible)));
        entries.put(place, entry);
        changed(application, place, entry.document());
      }
    }
    gone.forEach(
        (place, entry) -> {
          entries.remove(place);
          ObjectNode last = entry.document().deepCopy();
          last.put("actionType", "DELETED").put("lastUpdatedTimestamp", "" + clock.millis());
          changed(application, place, last);
        });
    if (entries.isEmpty()) {
      applications.remove(application);
    }
  }

  /**
   * As Eureka says it: a client that registers anew adds its instance, whether or not it is new.
   */
  private static String action(@Nullable Entry before, RegisteredInstance now) {
    boolean registered =
        before == null
            || (Registration.isOf(now.instance())
                && before.there().override().equals(now.override()));
    return registered ? "ADDED" : "MODIFIED";
  }

  private static RegisteredInstance withoutHolder(RegisteredInstance there) {
    return new RegisteredInstance(
        Lease.withoutHolder(there.instance()),
        there.epoch(),
        there.ownStatus(),
        there.override(),
        there.hold());
  }

  private void changed(String application, Place place, ObjectNode document) {
    version++;
    recent.remove(place);
    recent.put(place, new Change(application, document, monotonic.getAsLong()));
    prune();
    if (recent.size() > MOST_RECENT) {
      recent.clear();
      incompleteUntil = monotonic.getAsLong() + Durations.millis(KEPT);
    }
  }

  private void prune() {
    long limit = monotonic.getAsLong() - Durations.millis(KEPT);
    if (recent.values().removeIf(change -> change.at() < limit)) {
      deltas.clear();
    }
  }

  /** An instance by Eureka's names for it. */
  synchronized Optional<Entry> find(String application, String instanceId) {
    SortedMap<Place, Entry> entries = applications.get(Document.application(application));
    if (entries == null) {
      return Optional.empty();
    }
    String id = Registration.id(instanceId);
    return entries.tailMap(new Place("", id)).entrySet().stream()
        .findFirst()
        .filter(one -> one.getKey().id().equals(id))
        .map(Map.Entry::getValue);
  }

  /** Among all applications. */
  synchronized Optional<Entry> find(String instanceId) {
    return applications.keySet().stream()
        .flatMap(application -> find(application, instanceId).stream())
        .findFirst();
  }

  /** An application; empty if it has no instance. */
  synchronized Optional<ObjectNode> application(String name) {
    String application = Document.application(name);
    return Optional.ofNullable(applications.get(application))
        .map(
            entries -> {
              ObjectNode tree = EurekaJson.object();
              tree.set("application", application(application, documents(entries.values())));
              return tree;
            });
  }

  /** All of them. */
  synchronized Buffer all(Format format) {
    return once(
        full,
        format,
        () -> {
          Map<String, List<ObjectNode>> documents = new TreeMap<>();
          applications.forEach((name, entries) -> documents.put(name, documents(entries.values())));
          return tree("1", hash(entry -> true), documents);
        });
  }

  /** Written once for each version, however many clients ask. */
  private Buffer once(Map<Format, Answer> answers, Format format, Supplier<ObjectNode> tree) {
    Answer kept = answers.get(format);
    if (kept == null || kept.version() != version) {
      kept = new Answer(version, Buffer.buffer(format.write(tree.get())));
      answers.put(format, kept);
    }
    return kept.bytes();
  }

  /** What has changed lately; empty if that is not known, so that clients ask for everything. */
  synchronized Optional<Buffer> delta(Format format) {
    if (monotonic.getAsLong() < incompleteUntil) {
      return Optional.empty();
    }
    prune();
    return Optional.of(once(deltas, format, this::changes));
  }

  private ObjectNode changes() {
    Map<String, List<ObjectNode>> documents = new TreeMap<>();
    recent
        .values()
        .forEach(
            change ->
                documents
                    .computeIfAbsent(change.application(), none -> new ArrayList<>())
                    .add(change.document()));
    return tree(Long.toString(version), hash(entry -> true), documents);
  }

  /** Those with a virtual address. */
  synchronized ObjectNode byAddress(String field, String address) {
    Predicate<Entry> has =
        entry ->
            Arrays.asList(entry.document().path(field).asText().split(",", -1)).contains(address);
    Map<String, List<ObjectNode>> documents = new TreeMap<>();
    applications.forEach(
        (name, entries) -> {
          List<ObjectNode> some = documents(entries.values().stream().filter(has).toList());
          if (!some.isEmpty()) {
            documents.put(name, some);
          }
        });
    return tree("-1", hash(has), documents);
  }

  private static List<ObjectNode> documents(Collection<Entry> entries) {
    return entries.stream().map(Entry::document).toList();
  }

  private static ObjectNode tree(
      String version, String hash, Map<String, List<ObjectNode>> documents) {
    ObjectNode tree = EurekaJson.object();
    ObjectNode all = tree.putObject("applications");
    all.put("versions__delta", version);
    all.put("apps__hashcode", hash);
    ArrayNode array = all.putArray("application");
    documents.forEach((name, some) -> array.add(application(name, some)));
    return tree;
  }

  private static ObjectNode application(String name, List<ObjectNode> documents) {
    ObjectNode tree = EurekaJson.object().put("name", name);
    tree.putArray("instance").addAll(documents);
    return tree;
  }

  /** How many there are of each status, such as {@code DOWN_2_UP_4_}: clients compare it. */
  private String hash(Predicate<Entry> which) {
    Map<String, Integer> counts = new TreeMap<>();
    applications
        .values()
        .forEach(
            entries ->
                entries.values().stream()
                    .filter(which)
                    .forEach(
                        entry ->
                            counts.merge(
                                entry.document().path("status").asText(), 1, Integer::sum)));
    StringBuilder text = new StringBuilder();
    counts.forEach((status, count) -> text.append(status).append('_').append(count).append('_'));
    return text.toString();
  }
}

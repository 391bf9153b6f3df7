package io.holdfast.payment.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a ledger knows to do: the scenarios, by the names that requests, documents and
 * the database use for them. Immutable.
 */
public final class Catalogue {

  /**
   * An operation that was asked for by its route.
   *
   * @param operation which
   * @param parameters what stood in the place of names in braces, by those names: components of the
   *     request
   */
  public record Match(Operation<?> operation, Map<String, String> parameters) {

    public Match {
      parameters = Map.copyOf(parameters);
    }
  }

  private final List<Scenario> scenarios;
  private final Map<String, Operation<?>> operations = new LinkedHashMap<>();
  private final Map<String, DocumentKind<?>> kinds = new LinkedHashMap<>();
  private final Map<String, DocumentKind<?>> collections = new LinkedHashMap<>();
  private final Map<String, DueWork<?>> work = new LinkedHashMap<>();
  private final Routes routes = new Routes();

  /**
   * Of these.
   *
   * @param scenarios in which no operation needs two operators any more: their {@code Approvals}
   *     have put a proposal in its place
   * @throws IllegalArgumentException if two things have the same name, route or collection, two
   *     works are about one kind of document, or an operation could be had by one operator alone
   */
  public Catalogue(List<Scenario> scenarios) {
    this.scenarios = List.copyOf(scenarios);
    for (Scenario scenario : scenarios) {
      scenario.operations().forEach(this::add);
      for (DocumentKind<?> kind : scenario.documents()) {
        once(kinds, kind.name(), kind);
        once(collections, kind.collection(), kind);
      }
    }
    for (Scenario scenario : scenarios) {
      for (DueWork<?> each : scenario.work()) {
        if (!each.kind().equals(kinds.get(each.kind().name()))) {
          throw new IllegalArgumentException("work on documents of no scenario: " + each.kind());
        }
        once(work, each.kind().name(), each);
      }
    }
  }

  private void add(Operation<?> operation) {
    if (operation.needsTwoOperators()) {
      throw new IllegalArgumentException("one operator alone could do " + operation.type());
    }
    once(operations, operation.type(), operation);
    if (!operation.roles().equals(Set.of(Role.SYSTEM))) {
      routes.add(operation);
    }
  }

  private static <T> void once(Map<String, T> all, String name, T added) {
    if (all.putIfAbsent(name, added) != null) {
      throw new IllegalArgumentException("two of one name: " + name);
    }
  }

  /** What it is made of, in the order given. */
  public List<Scenario> scenarios() {
    return scenarios;
  }

  /** All of them, in the order of the scenarios. */
  public List<Operation<?>> operations() {
    return List.copyOf(operations.values());
  }

  /** An operation by {@link Operation#type}. */
  public Optional<Operation<?>> operation(String type) {
    return Optional.ofNullable(operations.get(type));
  }

  /**
   * The operation that a POST to this path asks for. The path is compared as it stands: with a
   * slash too many, percent signs or dots as segments it is none. What only the cluster itself may
   * ask has no path.
   */
  public Optional<Match> post(String path) {
    return routes.find(path);
  }

  /** All of them. */
  public List<DocumentKind<?>> kinds() {
    return List.copyOf(kinds.values());
  }

  /** A kind by {@link DocumentKind#name}, which is that of {@link DocumentId#kind} too. */
  public Optional<DocumentKind<?>> kind(String name) {
    return Optional.ofNullable(kinds.get(name));
  }

  /** A kind by {@link DocumentKind#collection}. */
  public Optional<DocumentKind<?>> collection(String path) {
    return Optional.ofNullable(collections.get(path));
  }

  /** What is done by itself about documents of a kind. */
  public Optional<DueWork<?>> work(String kind) {
    return Optional.ofNullable(work.get(kind));
  }

  /** What must be true of the books. */
  public List<AuditRule> audit() {
    List<AuditRule> rules = new ArrayList<>();
    scenarios.forEach(each -> rules.addAll(each.audit()));
    return List.copyOf(rules);
  }
}

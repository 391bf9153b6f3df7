package io.holdfast.payment.ledger;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the operation of a path. A path is taken as it stands: nothing is decoded, nothing left
 * out, so that there is one way to write each, and none reaches an operation but by its own.
 */
final class Routes {

  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final List<Template> templates = new ArrayList<>();

  /**
   * Adds one.
   *
   * @throws IllegalArgumentException if some path would be both its own and another's, or it names
   *     what is no component of the request
   */
  void add(Operation<?> operation) {
    Template added = new Template(segments(operation.route().path()), operation);
    for (Template other : templates) {
      if (added.overlaps(other)) {
        throw new IllegalArgumentException(
            "one route for two operations: %s and %s at %s"
                .formatted(other.operation().type(), operation.type(), operation.route().path()));
      }
    }
    added.requireComponents();
    templates.add(added);
  }

  Optional<Catalogue.Match> find(String path) {
    List<String> segments = segments(path);
    return templates.stream()
        .filter(each -> each.fits(segments))
        .findAny()
        .map(each -> new Catalogue.Match(each.operation(), each.parameters(segments)));
  }

  /** With an empty one before the first slash and between two of them: those fit nothing. */
  private static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }

  private record Template(List<String> segments, Operation<?> operation) {

    private static boolean isParameter(String segment) {
      return segment.startsWith("{");
    }

    private static String name(String parameter) {
      return parameter.substring(1, parameter.length() - 1);
    }

    boolean fits(List<String> path) {
      if (path.size() != segments.size()) {
        return false;
      }
      for (int i = 0; i < path.size(); i++) {
        boolean same =
            isParameter(segments.get(i))
                ? VALUE.matcher(path.get(i)).matches()
                : segments.get(i).equals(path.get(i));
        if (!same) {
          return false;
        }
      }
      return true;
    }

    Map<String, String> parameters(List<String> path) {
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < path.size(); i++) {
        if (isParameter(segments.get(i))) {
          values.put(name(segments.get(i)), path.get(i));
        }
      }
      return values;
    }

    boolean overlaps(Template other) {
      if (segments.size() != other.segments.size()) {
        return false;
      }
      for (int i = 0; i < segments.size(); i++) {
        String one = segments.get(i);
        String two = other.segments.get(i);
        if (!isParameter(one) && !isParameter(two) && !one.equals(two)) {
          return false;
        }
      }
      return true;
    }

    void requireComponents() {
      List<String> wanted =
          segments.stream().filter(Template::isParameter).map(Template::name).toList();
      List<String> there =
          List.of(operation.request().getRecordComponents()).stream()
              .map(RecordComponent::getName)
              .toList();
      if (!there.containsAll(wanted) || wanted.stream().distinct().count() < wanted.size()) {
        throw new IllegalArgumentException(
            "the route of %s names what its request has not: %s"
                .formatted(operation.type(), operation.route().path()));
      }
    }
  }
}

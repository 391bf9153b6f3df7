package io.holdfast.spring.actuate;

import java.util.List;
import java.util.Optional;

/**
 * A part of the endpoint {@code holdfast}: {@code /actuator/holdfast/<name>/...}. Every bean of
 * this kind is one.
 */
public interface EndpointSection {

  /** The first segment of its path. */
  String name();

  /**
   * Answers a read. May block for a request's time-out.
   *
   * @param path the segments after the name; empty for the section itself
   * @return of maps, lists, texts, numbers and truth values, without secrets; empty if there is no
   *     such thing
   */
  Optional<Object> read(List<String> path);
}

package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What pickers say of their endpoints, by id. For one thread. */
public final class PickerScores {

  /** One endpoint's standing. */
  public record Note(double score, String meaning) {}

  private final Map<String, Note> scores = new HashMap<>();

  void add(TrackedEndpoint endpoint, double score, String meaning) {
    scores.put(endpoint.id(), new Note(score, meaning));
  }

  /** Takes over what another picker said, with something in front. */
  void addAll(PickerScores others, String prefix) {
    others.scores.forEach(
        (id, note) -> scores.put(id, new Note(note.score(), prefix + "; " + note.meaning())));
  }

  public Optional<Note> of(String id) {
    return Optional.ofNullable(scores.get(id));
  }
}

package io.holdfast.loadbalancer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What pickers say of their endpoints, by id. For one thread. */
final class Notes {

  /** One endpoint's standing. */
  record Note(double score, String meaning) {}

  private final Map<String, Note> notes = new HashMap<>();

  void add(Endpoint endpoint, double score, String meaning) {
    notes.put(endpoint.id(), new Note(score, meaning));
  }

  /** Takes over what another picker said, with something in front. */
  void addAll(Notes others, String prefix) {
    others.notes.forEach(
        (id, note) -> notes.put(id, new Note(note.score(), prefix + "; " + note.meaning())));
  }

  Optional<Note> of(String id) {
    return Optional.ofNullable(notes.get(id));
  }
}

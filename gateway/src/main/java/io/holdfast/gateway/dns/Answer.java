package io.holdfast.gateway.dns;

import java.util.List;

/**
 * What a query is answered.
 *
 * @param code how it went
 * @param authoritative true if the name is in our zone
 * @param answers what was asked for
 * @param authority the zone's record, where there is no answer
 * @param additional what the client would ask for next; left out first where there is no room
 */
record Answer(
    ResponseCode code,
    boolean authoritative,
    List<ResourceRecord> answers,
    List<ResourceRecord> authority,
    List<ResourceRecord> additional) {

  /** Nothing but a code. */
  static Answer of(ResponseCode code) {
    return new Answer(code, false, List.of(), List.of(), List.of());
  }

  /** That there is no such name, or no such record of it. */
  static Answer nothing(ResponseCode code, ResourceRecord authority) {
    return new Answer(code, true, List.of(), List.of(authority), List.of());
  }

  static Answer found(List<ResourceRecord> answers, List<ResourceRecord> additional) {
    return new Answer(ResponseCode.NO_ERROR, true, answers, List.of(), additional);
  }
}

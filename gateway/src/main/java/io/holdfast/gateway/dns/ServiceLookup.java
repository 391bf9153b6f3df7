package io.holdfast.gateway.dns;

import io.holdfast.registry.ServiceSnapshot;
import java.util.Optional;

/** What a zone is made of. Safe for use by many threads; no method blocks. */
interface ServiceLookup {

  /** False until it is known which services there are. */
  boolean isReady();

  /**
   * The present instances of a service.
   *
   * @param service in lower case; letters of either case are the same
   */
  Optional<ServiceSnapshot> find(String service);

  /** A number that does not shrink, and grows with changes. */
  int serial();
}

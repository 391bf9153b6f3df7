package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.lock.FencingToken;

/**
 * What every slice of a service carries: whose it is, and who wrote it last.
 *
 * <p>A new leader writes each slice once, so that its resource version changes: a write that the
 * leader before it has under way is refused then.
 *
 * @param service the Service of Kubernetes
 * @param uid of the Service: when it is deleted, Kubernetes deletes its slices
 * @param headless whether the Service has no address of its own: kube-proxy passes over such slices
 * @param publisher a label
 * @param term the leader's
 */
record Stamp(String service, String uid, boolean headless, String publisher, FencingToken term) {

  boolean isOn(Slice slice) {
    return slice.equals(put(slice));
  }

  Slice put(Slice slice) {
    ObjectNode copy = slice.object().deepCopy();
    ObjectNode metadata = copy.withObject("metadata");
    ObjectNode labels = metadata.withObject("labels");
    labels
        .put(Slice.SERVICE, service)
        .put(Slice.MANAGED_BY, Slice.US)
        .put(Slice.PUBLISHER, publisher);
    if (headless) {
      labels.put(Slice.HEADLESS, "");
    } else {
      labels.remove(Slice.HEADLESS);
    }
    metadata.withObject("annotations").put(Slice.TERM, term.toString());
    JsonNode owners = metadata.path("ownerReferences");
    if (owners.size() != 1 || !owners.path(0).path("uid").asText("").equals(uid)) {
      metadata
          .putArray("ownerReferences")
          .addObject()
          .put("apiVersion", "v1")
          .put("kind", "Service")
          .put("name", service)
          .put("uid", uid);
    }
    return new Slice(copy);
  }
}

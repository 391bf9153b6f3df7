/**
 * How an instance gets into the cluster and stays there: the loop that reconciles one key with what
 * is wanted, status overrides, and the goodbyes of those that withdrew. Begin with {@link
 * io.holdfast.registry.internal.publication.Publication}. For this module only.
 */
@NullMarked
package io.holdfast.registry.internal.publication;

import org.jspecify.annotations.NullMarked;

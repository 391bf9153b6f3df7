/**
 * The cache on disk: one file a service, to begin with when the cluster cannot be reached. For this
 * module only.
 */
@NullMarked
package io.holdfast.registry.internal.disk;

import org.jspecify.annotations.NullMarked;

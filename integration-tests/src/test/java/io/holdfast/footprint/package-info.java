/** What the library costs a process that uses it. */
@NullMarked
package io.holdfast.footprint;

import org.jspecify.annotations.NullMarked;

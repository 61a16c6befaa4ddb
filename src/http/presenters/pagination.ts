/** Cal.com's account of a page. `currentPage` never goes beyond the last one, and is 0 where there is none. */
export const paginationOf = (
  { take, skip }: { readonly take: number; readonly skip: number },
  totalItems: number,
  returnedItems: number,
) => {
  const totalPages = Math.ceil(totalItems / take);
  return {
    totalItems,
    remainingItems: Math.max(0, totalItems - skip - returnedItems),
    returnedItems,
    itemsPerPage: take,
    currentPage: Math.min(Math.floor(skip / take) + 1, totalPages),
    totalPages,
    hasNextPage: skip + returnedItems < totalItems,
    hasPreviousPage: skip > 0,
  };
};

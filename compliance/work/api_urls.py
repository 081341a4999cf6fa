"""Routes of work under /api/v1/."""

from django.urls import path

from compliance.work.api import notices, problems, tasks

urlpatterns = [
    path("<slug:slug>/problems/", problems.ProblemsRoute.as_view(), name="api_problems"),
    path("<slug:slug>/tasks/", tasks.TasksRoute.as_view(), name="api_tasks"),
    path("<slug:slug>/tasks/<uuid:task_id>/", tasks.TaskRoute.as_view(), name="api_task"),
    path("<slug:slug>/tasks/<uuid:task_id>/end/", tasks.TaskEndRoute.as_view(), name="api_task_end"),
    path("<slug:slug>/tasks/<uuid:task_id>/steps/<int:number>/", tasks.TaskStepRoute.as_view(), name="api_task_step"),
    path("<slug:slug>/tasks/<uuid:task_id>/comments/", tasks.TaskCommentsRoute.as_view(), name="api_task_comments"),
    path("<slug:slug>/notifications/", notices.NoticesRoute.as_view(), name="api_notices"),
    path("<slug:slug>/notifications/read/", notices.NoticesReadRoute.as_view(), name="api_notices_read"),
    path("<slug:slug>/notifications/preferences/", notices.PreferenceRoute.as_view(), name="api_preferences"),
    path("<slug:slug>/channels/", notices.ChannelsRoute.as_view(), name="api_channels"),
    path("<slug:slug>/channels/<uuid:webhook_id>/", notices.ChannelRoute.as_view(), name="api_channel"),
]
